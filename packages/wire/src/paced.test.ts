import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paced } from './paced.ts'
import { handClock } from './testing.ts'

function watched() {
  const { clock, pass, waiting } = handClock()
  let runs = 0
  return { passes: () => pass(100), runs: () => runs, waits: waiting, ...paced(clock, 100, () => void runs++) }
}

test('it runs at once, and once more at the end for all that asked meanwhile', () => {
  const { run, runs, passes } = watched()
  run()
  assert.equal(runs(), 1)
  for (let i = 0; i < 5; i++) run()
  assert.equal(runs(), 1)
  passes()
  assert.equal(runs(), 2)
  run()
  assert.equal(runs(), 2)
  passes()
  assert.equal(runs(), 3)
})

test('where nobody asks it rests, and the next one is not kept waiting', () => {
  const { run, runs, passes, waits } = watched()
  run()
  passes()
  assert.equal(runs(), 1)
  assert.equal(waits(), 0)
  run()
  assert.equal(runs(), 2)
})

test('closed, it does not run any more for who asked before', () => {
  const { run, runs, passes, close } = watched()
  run()
  run()
  close()
  passes()
  assert.equal(runs(), 1)
})
