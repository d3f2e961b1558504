import assert from 'node:assert/strict'
import { test } from 'node:test'
import { castOf, type Habit } from './cast.ts'

void test('the clients of a ledger are of every kind', () => {
  const cast = castOf(30)
  const all: Record<Habit, true> = {
    leaves: true,
    stalls: true,
    drops: true,
    vanishes: true,
    skips: true,
    forgets: true,
    reuses: true,
  }
  assert.deepEqual(
    Object.keys(all).filter((habit) => !cast.some(({ habits }) => habits.some((one) => one === habit))),
    [],
  )
  assert.ok(cast.some(({ manages }) => !manages))
  assert.ok(cast.some(({ priority }) => priority < 0))
  const devices = Map.groupBy(cast, ({ account }) => account)
  assert.ok([...devices.values()].some(({ length }) => length === 3))
})
