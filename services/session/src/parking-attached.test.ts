import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Session } from './account.ts'
import { confirm } from './delivery.ts'
import { parseParked } from './parked-row.ts'
import { message } from './testing/account.ts'
import { parkingHouse, SCOPE } from './testing/parking.ts'

test('XEP-0198 §5 the row of a session with a socket says how far it is, and a count waits until it does', async () => {
  const { follow, give, settled, rows, parking, session, control, writes } = parkingHouse()
  follow()
  await settled()
  const { promise, resolve } = Promise.withResolvers<void>()
  control.until = promise
  give('one', 1)
  session.durable = 3
  session.changed()
  let written = false
  const waiting = parking.written(session)?.then(() => {
    written = true
  })
  await settled()
  assert.equal(written, false)
  resolve()
  await waiting
  assert.deepEqual(writes, ['put', 'put'])
  const [row] = await rows()
  assert.ok(row)
  const { handled, sent, until, queue } = parseParked(row)
  assert.deepEqual([handled, sent, until, queue.length], [3, 1, undefined, 1])
  await settled()
  assert.equal(parking.written(session), undefined)
})

test('XEP-0198 §4 what is confirmed and not stored yet is in the row, so that it is not given again', async () => {
  const { follow, give, settled, rows, session } = parkingHouse()
  follow()
  give('one', 1)
  give('two', 2)
  confirm(session, 1)
  await settled()
  const [row] = await rows()
  assert.ok(row)
  const { delivered, confirmed, queue } = parseParked(row)
  assert.deepEqual([delivered, confirmed, queue.length], [[1], 1, 1])
})

test('RFC 6120 §8.2.3 what is done before it counts is in the row, so that it is not done again', async () => {
  const { follow, settled, rows, session } = parkingHouse()
  session.answered.addAll([[6, 'by the owner before']])
  session.early.add(7, message('done'))
  follow()
  await settled()
  const [row] = await rows()
  const early = row && parseParked(row).early
  assert.deepEqual(
    early?.map(([n]) => n),
    [6, 7],
  )
})

test('a count does not wait for a state that is away, nor in a partition that is lost', async () => {
  const { follow, settled, parking, session, control, clock } = parkingHouse()
  control.away = true
  follow()
  await parking.written(session)
  session.changed()
  assert.equal(parking.written(session), undefined)
  control.away = false
  clock.advance(1_000)
  await settled()
  const { promise, resolve } = Promise.withResolvers<void>()
  control.until = promise
  session.changed()
  await settled()
  session.changed()
  const waiting = parking.written(session)
  parking.forget(3)
  await waiting
  resolve()
})

test('a session that cannot be resumed has a row while somebody was told of it, and no stanza is in it', async () => {
  const { follow, give, settled, rows, session, writes } = parkingHouse()
  session.sm = undefined
  follow()
  give('one')
  session.durable = 1
  await settled()
  give('two')
  await settled()
  assert.deepEqual(writes, ['put'])
  const [row] = await rows()
  assert.deepEqual(row && parseParked(row).queue, [])
  session.presence = undefined
  session.changed()
  await settled()
  assert.deepEqual(await rows(), [])
})

test('where connection managers and the live state end with the process, a session has a row while it has no socket', async () => {
  const { follow, lose, give, settled, rows, parking, session, writes } = parkingHouse(true)
  follow()
  give('one')
  assert.equal(parking.written(session), undefined)
  await settled()
  assert.deepEqual(writes, [])
  lose()
  await settled()
  const [row] = await rows()
  assert.equal(row && parseParked(row).queue.length, 1)
  session.parked = undefined
  session.changed()
  await settled()
  assert.deepEqual([writes, await rows()], [['put', 'remove'], []])
  give('two')
  await settled()
  assert.deepEqual(writes, ['put', 'remove'])
})

test('a session that takes the resource of another takes its row, too', async () => {
  const { follow, settled, rows, parking, account, session } = parkingHouse()
  follow()
  await settled()
  const next: Session = { ...session, sent: 5 }
  account.sessions.set('phone', next)
  parking.left(session)
  await settled()
  const [row] = await rows()
  assert.equal(row && parseParked(row).sent, 5)
})

test('rows live as long as their sessions, and a state that has lost them is told anew', async () => {
  const { follow, settled, rows, state, clock } = parkingHouse()
  follow()
  await settled()
  const [row] = await rows()
  assert.ok(row)
  for (let minutes = 0; minutes < 60; minutes++) {
    for (let i = 0; i < 3; i++) clock.advance(20_000)
    await settled()
  }
  assert.equal((await rows()).length, 1)
  await state.remove({ scope: SCOPE, token: 7 }, row, row)
  assert.deepEqual(await rows(), [])
  clock.advance(20_000)
  await settled()
  assert.equal((await rows()).length, 1)
})
