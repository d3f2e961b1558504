import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseParked } from './parked-row.ts'
import { parkingHouse, SCOPE } from './testing/parking.ts'

test('what happens in one turn of the loop is one write', async () => {
  const { lose, give, settled, rows, writes, session } = parkingHouse()
  lose()
  for (let i = 0; i < 50; i++) give(String(i))
  await settled()
  assert.deepEqual(writes, ['put'])
  const [row] = await rows()
  assert.ok(row)
  assert.deepEqual([row.resource, row.generation], ['phone', session.gen])
  const { sent, confirmed, until, queue } = parseParked(row)
  assert.deepEqual([sent, confirmed, until, queue.length], [50, 0, 1_060_000, 50])
})

test('a message that the archive has is named by its position, any other is written out', async () => {
  const { lose, give, settled, rows, account } = parkingHouse()
  account.undelivered.set(1, { held: false })
  account.undelivered.set(2, { held: true })
  lose()
  give('archived', 1)
  give('held', 2)
  give('copy')
  await settled()
  const [row] = await rows()
  assert.ok(row)
  const { queue } = parseParked(row)
  assert.deepEqual(
    queue.map(({ n, position, stanza }) => [n, position, stanza !== undefined]),
    [
      [1, 1, false],
      [2, 2, true],
      [3, undefined, true],
    ],
  )
})

test('while a write is under way what comes next waits, and is one write', async () => {
  const { lose, give, settled, writes, control, rows } = parkingHouse()
  const { promise, resolve } = Promise.withResolvers<void>()
  control.until = promise
  lose()
  await settled()
  for (const text of ['one', 'two', 'three']) {
    give(text)
    await settled()
  }
  assert.deepEqual(writes, ['put'])
  resolve()
  await settled()
  assert.deepEqual(writes, ['put', 'put'])
  const [row] = await rows()
  assert.equal(row && parseParked(row).sent, 3)
})

test('a large row is not written again at once', async () => {
  const { lose, give, settled, writes, clock } = parkingHouse()
  lose()
  give('x'.repeat(100_000))
  await settled()
  give('more')
  await settled()
  assert.equal(writes.length, 1)
  clock.advance(200)
  await settled()
  assert.equal(writes.length, 2)
})

test('the row goes when the session has ended, unless it is of a later one', async () => {
  const { lose, follow, settled, rows, parking, account, session, state } = parkingHouse()
  lose()
  await settled()
  account.sessions.delete('phone')
  parking.left(session)
  await settled()
  assert.deepEqual(await rows(), [])
  account.sessions.set('phone', session)
  follow()
  await settled()
  const [row] = await rows()
  assert.ok(row)
  await state.put({ scope: SCOPE, token: 7 }, { ...row, generation: '7.99' }, 60_000)
  account.sessions.delete('phone')
  parking.left(session)
  await settled()
  assert.equal((await rows())[0]?.generation, '7.99')
})

test('an owner whose partition has another one writes nothing any more', async () => {
  const { lose, give, settled, rows, state } = parkingHouse()
  lose()
  await settled()
  await state.mirror({ scope: SCOPE, token: 8 }, new Map(), 1_000)
  give('from a zombie')
  await settled()
  const [row] = await rows()
  assert.equal(row && parseParked(row).sent, 0)
})

test('while the state is away nothing waits for it, and what is behind is written when it is back', async () => {
  const { lose, give, settled, rows, control, away, clock } = parkingHouse()
  control.away = true
  lose()
  give('one')
  await settled()
  assert.equal(away.length, 1)
  control.away = false
  clock.advance(1_000)
  await settled()
  const [row] = await rows()
  assert.equal(row && parseParked(row).sent, 1)
})

test('before a partition is handed over everything is written', async () => {
  const { lose, give, rows, parking } = parkingHouse()
  lose()
  give('one')
  await parking.settle(3)
  const [row] = await rows()
  assert.equal(row && parseParked(row).sent, 1)
})
