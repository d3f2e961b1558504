import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { createPace } from './pace.ts'

function stage() {
  const clock = createManualClock()
  const state = { held: false }
  const hold = () => void (state.held = true)
  const release = () => void (state.held = false)
  return { clock, state, pace: createPace({ clock, bytesPerSecond: 1000, hold, release }) }
}

test('RFC 6120 §13.12 a second’s worth is read at once, and what is more is waited for', () => {
  const { clock, state, pace } = stage()
  pace.took(1000)
  assert.equal(state.held, false)
  pace.took(500)
  assert.equal(state.held, true)
  clock.advance(499)
  assert.equal(state.held, true)
  clock.advance(1)
  assert.equal(state.held, false)
  pace.took(1)
  assert.equal(state.held, true)
})

test('who has been silent for long may send no more at once than who has not', () => {
  const { clock, state, pace } = stage()
  pace.took(10)
  clock.advance(3_600_000)
  pace.took(1001)
  assert.equal(state.held, true)
})

test('nothing is left of a pace that has been stopped', () => {
  const { clock, pace } = stage()
  pace.took(5000)
  assert.equal(clock.pending(), 1)
  pace.stop()
  assert.equal(clock.pending(), 0)
})
