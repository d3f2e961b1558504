import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotOwner } from '@jabiru/wire'
import { createInHands } from './in-hands.ts'
import { awake, sessionOf } from './testing/account.ts'

/** An account with a session at a connection manager, and what its message waits for. */
function house() {
  const account = awake()
  const session = sessionOf(account, 'balcony')
  const [taken, row] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const world = { isOurs: true }
  const inHands = createInHands({
    egress: { taken: () => taken.promise },
    written: () => row.promise,
    isOurs: () => world.isOurs,
  })
  const waiting = async () => inHands(account, [session])
  return { account, session, taken, row, world, inHands, waiting }
}

const isWaiting = async (promise: Promise<void>) => {
  const turn = new Promise<string>((resolve) => void setImmediate(() => resolve('waits')))
  return (await Promise.race([promise, turn])) === 'waits'
}

test('what nobody keeps is in hands when its connection manager has it', async () => {
  const { taken, waiting } = house()
  const settled = waiting()
  assert.ok(await isWaiting(settled))
  taken.resolve()
  await settled
})

test('where the lease has ended meanwhile the connection manager may have dropped it: it is left to the next owner', async () => {
  const { taken, world, waiting } = house()
  const settled = waiting()
  world.isOurs = false
  taken.resolve()
  await assert.rejects(settled, NotOwner)
})

test('for a session that has lost its socket meanwhile its row has to have it', async () => {
  const { taken, row, session, waiting } = house()
  const settled = waiting()
  session.at = undefined
  taken.resolve()
  assert.ok(await isWaiting(settled))
  row.resolve()
  await settled
})

test('nobody there is nobody to wait for', async () => {
  const { account, inHands } = house()
  await inHands(account, [])
})
