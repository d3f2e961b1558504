import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { createMemoryState, type LiveState, StateUnavailable } from '@jabiru/state'
import type { Session } from './account.ts'
import { deliver } from './delivery.ts'
import { PARKED, parseParked } from './parked-row.ts'
import { createParking } from './parking.ts'
import { awake, ear, message, sessionOf } from './testing/account.ts'

const SCOPE = 'session.3'
const turn = () => new Promise((resolve) => void setImmediate(resolve))

/** A state whose writes are counted, and that can be taken away. */
function house() {
  const clock = createManualClock()
  const state = createMemoryState({ now: clock.now })
  const writes: string[] = []
  const away: StateUnavailable[] = []
  const control: { away: boolean; until: Promise<void> | undefined } = { away: false, until: undefined }
  const reached = async (what: string) => {
    writes.push(what)
    await control.until
    if (control.away) throw new StateUnavailable('away, for the test')
  }
  const watched: Pick<LiveState, 'put' | 'remove' | 'refresh'> = {
    put: async (...args) => {
      await reached('put')
      return state.put(...args)
    },
    refresh: state.refresh,
    remove: async (...args) => {
      await reached('remove')
      return state.remove(...args)
    },
  }
  const onUnavailable = (fault: StateUnavailable) => void away.push(fault)
  const parking = createParking({
    state: watched,
    clock,
    onUnavailable,
    now: () => 1_000_000 + clock.now(),
    onFault: assert.ifError,
  })
  const account = awake()
  const session = sessionOf(account, 'phone')
  session.sm = { id: 'resume me', maxMs: 60_000, inBase: 0, outBase: 0 }
  const follow = (one: Session = session) => {
    one.changed = () => parking.changed(account, one)
    one.changed()
  }
  const lose = (one: Session = session) => {
    one.at = undefined
    const rest = { maxBytes: 1e6, cancelExpiry: () => undefined, overflow: () => undefined, was: undefined }
    one.parked = { ...rest, until: clock.now() + 60_000, rowSent: undefined }
    follow(one)
  }
  const give = (text: string, position?: number) =>
    deliver(ear().egress, account, session, { stanza: message(text), position })
  const settled = async () => {
    for (let i = 0; i < 10; i++) await turn()
  }
  const rows = () => state.rowsAt(SCOPE, PARKED)
  return { clock, state, writes, away, control, parking, account, session, follow, lose, give, settled, rows }
}

test('what happens in one turn of the loop is one write', async () => {
  const { lose, give, settled, rows, writes, session } = house()
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
  const { lose, give, settled, rows, account } = house()
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
  const { lose, give, settled, writes, control, rows } = house()
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
  const { lose, give, settled, writes, clock } = house()
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
  const { lose, follow, settled, rows, parking, account, session, state } = house()
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
  const { lose, give, settled, rows, state } = house()
  lose()
  await settled()
  await state.mirror({ scope: SCOPE, token: 8 }, new Map(), 1_000)
  give('from a zombie')
  await settled()
  const [row] = await rows()
  assert.equal(row && parseParked(row).sent, 0)
})

test('while the state is away nothing waits for it, and what is behind is written when it is back', async () => {
  const { lose, give, settled, rows, control, away, clock } = house()
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
  const { lose, give, rows, parking } = house()
  lose()
  give('one')
  await parking.settle(3)
  const [row] = await rows()
  assert.equal(row && parseParked(row).sent, 1)
})

test('XEP-0198 §5 the row of a session with a socket says how far it is, and a count waits until it does', async () => {
  const { follow, give, settled, rows, parking, session, control, writes } = house()
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

test('a count does not wait for a state that is away, nor in a partition that is lost', async () => {
  const { follow, settled, parking, session, control, clock } = house()
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
  const { follow, give, settled, rows, session, writes } = house()
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

test('a session that takes the resource of another takes its row, too', async () => {
  const { follow, settled, rows, parking, account, session } = house()
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
  const { follow, settled, rows, state, clock } = house()
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
