import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCounters } from './counters.ts'

function counters(max_keys = 100) {
  let now = 0
  return {
    ...createCounters({ window_ms: 1000, max_keys, clock: () => now }),
    at: (time: number) => {
      now = time
    },
  }
}

void test('what is added counts for one window and fades over the next', () => {
  const { add, count, at } = counters()
  at(500)
  add('a', 4)
  assert.equal(count('a'), 4)
  at(999)
  assert.equal(count('a'), 4)
  at(1500)
  assert.equal(count('a'), 2)
  at(2000)
  assert.equal(count('a'), 0)
})

void test('after a pause of many windows nothing is left', () => {
  const { add, count, at } = counters()
  add('a', 4)
  at(100_500)
  assert.equal(count('a'), 0)
})

void test('what is taken back does not count, and never less than nothing', () => {
  const { add, count } = counters()
  add('a', 1)
  add('a', -1)
  add('a', -1)
  assert.equal(count('a'), 0)
  add('a', 1)
  assert.equal(count('a'), 1)
})

void test('a flood of keys does not wash away one that is being counted', () => {
  const { add, count } = counters(10)
  add('guessed', 5)
  for (let i = 0; i < 1000; i++) add(`flood ${i}`, 1)
  assert.equal(count('guessed'), 5)
})

void test('memory is bounded: of more keys than the bound the rest is forgotten', () => {
  const { add, count } = counters(10)
  const keys = Array.from({ length: 1000 }, (_, i) => `key ${i}`)
  for (const key of keys) add(key, 1)
  assert.equal(keys.filter((key) => count(key) > 0).length, 10)
})
