import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import type { InstanceRef } from '@jabiru/wire'
import { createRollCall } from './roll-call.ts'

const lease = { part: 3, token: 7 }
const [one, two] = [
  { id: 'one', epoch: 1 },
  { id: 'two', epoch: 1 },
]

/** A new owner that knows these connection managers. */
function house(alive: readonly InstanceRef[]) {
  const clock = createManualClock()
  const seen: string[] = []
  const managers = { alive: () => alive, ask: () => void seen.push('asked') }
  const rollCall = createRollCall({
    clock,
    managers,
    onComplete: () => void seen.push('complete'),
    onOverdue: ({ part }, cms) => void seen.push(`${part} lacks ${cms.map(({ id }) => id).join(' ')}`),
  })
  rollCall.begin(lease)
  const come = async (name: string) => rollCall.whenComplete(lease, () => void seen.push(name))
  return { rollCall, clock, seen, come }
}

test('what others send waits until every connection manager has introduced its sessions, and keeps its order', async () => {
  const { rollCall, clock, seen, come } = house([one, two])
  const first = come('first')
  const second = come('second')
  rollCall.introduced(lease, one)
  clock.advance(1_000)
  assert.deepEqual(seen, ['asked'])
  rollCall.introduced(lease, two)
  await Promise.all([first, second])
  assert.deepEqual(seen, ['asked', 'complete', 'first', 'second'])
  const third = come('third')
  assert.equal(seen.at(-1), 'third')
  await third
})

test('a connection manager that was not heard of yet has a moment to say that it is there', () => {
  const { rollCall, clock, seen } = house([one])
  rollCall.introduced(lease, one)
  assert.deepEqual(seen, ['asked'])
  clock.advance(250)
  assert.deepEqual(seen, ['asked', 'complete'])
})

test('a connection manager that is taken for dead is not waited for any more', async () => {
  const alive = [one, two]
  const { rollCall, clock, seen, come } = house(alive)
  const waiting = come('message')
  rollCall.introduced(lease, one)
  clock.advance(6_000)
  rollCall.look()
  assert.deepEqual(seen, ['asked'])
  alive.pop()
  rollCall.look()
  await waiting
  assert.deepEqual(seen, ['asked', 'complete', 'message'])
})

test('nobody waits for ever for a connection manager that says nothing, which is heard all the same when it does', async () => {
  const { rollCall, clock, seen, come } = house([one])
  const waiting = come('message')
  clock.advance(9_999)
  assert.deepEqual(seen, ['asked'])
  clock.advance(1)
  await waiting
  assert.deepEqual(seen, ['asked', '3 lacks one', 'complete', 'message'])
  rollCall.introduced(lease, one)
  assert.equal(seen.at(-1), 'complete')
})

test('a partition that is lost meanwhile is completed by its next owner', () => {
  const { rollCall, clock, seen } = house([])
  rollCall.forget(lease.part)
  clock.advance(10_000)
  assert.deepEqual(seen, ['asked'])
})
