import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHandOvers } from './hand-overs.ts'
import { handClock } from './testing.ts'

function watched() {
  const { clock, pass } = handClock()
  const done: string[] = []
  const handOvers = createHandOvers({ clock, onDone: (group, tookMs) => done.push(`${group} ${tookMs.join(' ')}`) })
  return { pass, done, handOvers }
}

void test('it is told how long each partition of a group took when others have all of them', async () => {
  const { pass, done, handOvers } = watched()
  handOvers.begins('session', 1, 10)
  pass(50)
  handOvers.begins('session', 2, 10)
  handOvers.begins('roster', 1, 10)
  pass(50)
  handOvers.moved('session', 1, 11)
  assert.deepEqual(done, [])
  pass(20)
  handOvers.moved('session', 2, 11)
  assert.deepEqual(done, ['session 100 70'])
  const settled = handOvers.settled()
  handOvers.moved('roster', 1, 12)
  await settled
  assert.deepEqual(done, ['session 100 70', 'roster 70'])
})

void test('what was announced before, and what concerns nobody, counts for nothing', () => {
  const { done, handOvers } = watched()
  handOvers.begins('session', 1, 10)
  handOvers.moved('session', 1, 10)
  handOvers.moved('session', 7, 99)
  handOvers.moved('archive', 1, 99)
  assert.deepEqual(done, [])
})

void test('what is taken in for here again was not handed over', async () => {
  const { done, handOvers } = watched()
  handOvers.begins('session', 1, 10)
  handOvers.forget('session', 1)
  await handOvers.settled()
  assert.deepEqual(done, [])
})

void test('what nobody takes is waited for so long and no longer, and nothing after it', async () => {
  const { pass, done, handOvers } = watched()
  handOvers.begins('session', 1, 10)
  const settled = handOvers.settled()
  pass(1_000)
  await settled
  handOvers.begins('roster', 1, 10)
  await handOvers.settled()
  assert.deepEqual(done, [])
})
