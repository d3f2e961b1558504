import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { CATCH_UP_BYTES, confirm, deliver, redeliver } from './delivery.ts'
import { resume, type StreamManagementDeps } from './stream-management.ts'
import { at, awake, ear, message, sessionOf } from './testing/account.ts'

test('each stanza of a session has the next number, and is kept until it is confirmed', () => {
  const account = awake()
  const session = sessionOf(account, 'balcony')
  const { egress, delivered } = ear()
  for (const position of [4, 5, undefined]) deliver(egress, account, session, { stanza: message('x'), position })
  assert.deepEqual(
    delivered.map(({ n }) => n),
    [1, 2, 3],
  )
  assert.deepEqual(confirm(session, 2), [4, 5])
  assert.deepEqual(confirm(session, 2), [])
  assert.deepEqual(confirm(session, 1), [])
  assert.deepEqual(confirm(session, 3), [])
  assert.deepEqual([session.queue.length, session.queueBytes], [0, 0])
})

test('XEP-0198 §4 what was not sent cannot be confirmed', () => {
  const account = awake()
  const session = sessionOf(account, 'balcony')
  deliver(ear().egress, account, session, { stanza: message('x'), position: 1 })
  assert.equal(confirm(session, 2), undefined)
  assert.equal(session.queue.length, 1)
})

test('without a socket nothing is sent; afterwards everything is, under its old numbers', () => {
  const account = awake()
  const session = sessionOf(account, 'balcony')
  const { egress, delivered } = ear()
  const told: number[] = []
  const deps = { egress, onRedelivered: (stanzas: number) => told.push(stanzas) }
  session.at = undefined
  for (const text of ['a', 'b']) deliver(egress, account, session, { stanza: message(text) })
  redeliver(deps, account, session)
  assert.deepEqual(delivered, [])
  session.at = at('new')
  redeliver(deps, account, session)
  assert.deepEqual(told, [2])
  assert.deepEqual(
    delivered.map(({ conn, n }) => [conn, n]),
    [
      ['new', 1],
      ['new', 2],
    ],
  )
})

test('a catch-up that waits goes on when half of what it may have under way is confirmed', () => {
  const account = awake()
  const session = sessionOf(account, 'balcony')
  const { egress } = ear()
  const big = message('x'.repeat(CATCH_UP_BYTES / 4))
  for (let i = 0; i < 4; i++) deliver(egress, account, session, { stanza: big })
  let drained = 0
  session.onDrained = () => drained++
  confirm(session, 2)
  assert.equal(drained, 0)
  confirm(session, 3)
  assert.equal(drained, 1)
})

const W = 2 ** 32

/** Where the numbers stand, what the client says in <resume h=…/>, and the delivery that it means. */
const counts: readonly (readonly [
  string,
  { base: number; confirmed: number; sent: number },
  number,
  number | 'close' | 'sm-failed',
])[] = [
  ['nothing', { base: 0, confirmed: 0, sent: 3 }, 0, 0],
  ['some', { base: 0, confirmed: 0, sent: 3 }, 2, 2],
  ['all', { base: 0, confirmed: 0, sent: 3 }, 3, 3],
  ['one too many', { base: 0, confirmed: 0, sent: 3 }, 4, 'close'],
  ['fewer than before', { base: 0, confirmed: 2, sent: 3 }, 1, 'sm-failed'],
  ['some, above a base', { base: 10, confirmed: 10, sent: 13 }, 2, 12],
  ['nothing, with deliveries from before <enable/> unconfirmed', { base: 10, confirmed: 7, sent: 13 }, 0, 10],
  ['some, with deliveries from before <enable/> unconfirmed', { base: 10, confirmed: 7, sent: 13 }, 2, 12],
  ['up to the last number before the count starts again', { base: 0, confirmed: W - 3, sent: W + 2 }, W - 1, W - 1],
  ['the first number after the count starts again', { base: 0, confirmed: W - 3, sent: W + 2 }, 0, W],
  ['beyond it', { base: 0, confirmed: W - 3, sent: W + 2 }, 2, W + 2],
  ['one too many beyond it', { base: 0, confirmed: W - 3, sent: W + 2 }, 3, 'close'],
  ['beyond it for the second time', { base: 5, confirmed: 2 * W + 5, sent: 2 * W + 9 }, 4, 2 * W + 9],
]
for (const [name, { base, confirmed, sent }, h, expected] of counts) {
  test(`XEP-0198 §4 h counts modulo 2^32: ${name}`, async () => {
    const account = awake()
    const session = sessionOf(account, 'balcony')
    session.sm = { id: 'id', maxMs: 1000, inBase: 2, outBase: base }
    session.durable = W + 5
    Object.assign(session, { confirmed, sent })
    const { egress, down } = ear()
    const deps: StreamManagementDeps = {
      egress,
      clock: createManualClock(),
      iqTimeoutMs: 1000,
      resumeMaxMs: 1000,
      parkedBytes: 1000,
      onConfirmed: () => Promise.resolve(),
      onRedelivered: () => {},
      written: () => undefined,
      endedCount: () => Promise.resolve(undefined),
      onParked: () => {},
      onAttached: () => {},
      end: () => assert.fail('nothing ends'),
    }
    await resume(deps, account, { k: 'sm-resume', account: account.jid, at: at('new'), previd: 'id', h })
    if (typeof expected === 'string') assert.equal(down[0]?.k, expected)
    else assert.equal(session.confirmed, expected)
    // Who is refused is told how far the session is, which is there.
    if (down[0]?.k === 'sm-failed') assert.equal(down[0].h, 3)
  })
}
