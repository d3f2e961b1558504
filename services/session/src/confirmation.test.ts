import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Advanced, Confirmation, Fence } from '@jabiru/store'
import { noteConfirmed } from './confirmation.ts'
import { awake, JULIET } from './testing/account.ts'

function house(positions: readonly number[], held: readonly number[] = []) {
  const account = awake({ undelivered: positions.map((position) => ({ position, held: held.includes(position) })) })
  const written: (Confirmation & Fence)[] = []
  const dropped: (readonly number[])[] = []
  const deps = {
    advance: (confirmation: Confirmation & Fence): Promise<Advanced> => {
      written.push(confirmation)
      return Promise.resolve({ outcome: 'written' })
    },
    store: {
      dropHeld: (_: unknown, positions: readonly number[]) => {
        dropped.push(positions)
        return Promise.resolve()
      },
    },
    onFault: (fault: unknown) => assert.ifError(fault),
  }
  const turn = () => new Promise((resolve) => void setImmediate(resolve))
  return { account, deps, written, dropped, turn }
}

const row = (watermark: number, exceptions: readonly number[]) => ({
  owner: JULIET,
  part: 3,
  token: 7,
  watermark,
  exceptions,
})

test('what is confirmed in one turn of the loop is one write: the highest position and what is missing below it', async () => {
  const { account, deps, written, turn } = house([1, 2, 3, 4, 5])
  void noteConfirmed(deps, account, [1, 4])
  void noteConfirmed(deps, account, [3])
  await turn()
  assert.deepEqual(written, [row(4, [2])])
  void noteConfirmed(deps, account, [2])
  await turn()
  assert.deepEqual(written[1], row(4, []))
  assert.deepEqual([...account.undelivered.keys()], [5])
})

test('what is confirmed by a second device is no news', async () => {
  const { account, deps, written, turn } = house([1])
  void noteConfirmed(deps, account, [1])
  await turn()
  void noteConfirmed(deps, account, [1])
  void noteConfirmed(deps, account, [])
  await turn()
  assert.equal(written.length, 1)
})

test('a confirmation that an owner of before cannot store is for the next one', async () => {
  const { account, deps } = house([1])
  const fenced = { ...deps, advance: (): Promise<Advanced> => Promise.resolve({ outcome: 'fenced' }) }
  await assert.rejects(noteConfirmed(fenced, account, [1]), { name: 'NotOwner' })
})

test('XEP-0334 §4.1 what was only held is dropped when it is confirmed', async () => {
  const { account, deps, dropped, turn } = house([1, 2], [2])
  void noteConfirmed(deps, account, [1, 2])
  await turn()
  assert.deepEqual(dropped, [[2]])
})
