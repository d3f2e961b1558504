import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPace } from './pace.ts'

function process() {
  const share = { idle: 0, active: 0 }
  const pace = createPace(() => ({ ...share }))
  const passes = (idle: number, active: number) => {
    share.idle += idle
    share.active += active
    return pace()
  }
  return { passes }
}

void test('who never rests commits every 12 ms, who rests half of its time after 3, and who rests at once', () => {
  const { passes } = process()
  assert.equal(passes(0, 100), 12)
  assert.equal(passes(50, 50), 3)
  assert.equal(passes(100, 0), 0)
})

void test('what passes in less than a tenth of a second tells nothing yet', () => {
  const { passes } = process()
  assert.equal(passes(0, 99), 0)
  assert.equal(passes(0, 1), 12)
  assert.equal(passes(99, 0), 12)
})

void test('the event loop of a process tells', async () => {
  const pace = createPace()
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const until = performance.now() + 300
  const works = () => (performance.now() < until ? void setImmediate(works) : resolve(undefined))
  works()
  await promise
  assert.ok(pace() > 6)
})
