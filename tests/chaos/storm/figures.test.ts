import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figuresOf } from './figures.ts'

const from = (at: number, ...took: readonly number[]) => took.map((ms, i) => ({ at: at + i, ms }))
const upTo = (most: number) => Array.from({ length: most }, (_, n) => n + 1)

void test('what is written before the storm and what is written in it are told apart', () => {
  const figures = figuresOf([...from(0, 30, 10, 20), ...from(100, ...upTo(200))], [], 100)
  assert.deepEqual(figures, {
    message_ms_p50_before: 20,
    message_ms_p99_before: 30,
    message_ms_p50: 101,
    message_ms_p99: 199,
    messages: 200,
    bystander_lag_ms_p99: 0,
  })
})

void test('the lag is that of the storm, and none of the messages', () => {
  const figures = figuresOf(from(100, 1, 1), [...from(0, 900, 900), ...from(100, ...upTo(200))], 100)
  assert.equal(figures.bystander_lag_ms_p99, 199)
  assert.equal(figures.message_ms_p99, 1)
})
