import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { enable, type StreamManagementDeps } from './stream-management.ts'
import { at, awake, type Ear, ear, JULIET, sessionOf } from './testing/account.ts'

const MOST_MS = 300_000

/** A session, and how it asks for management. */
function house(resumeMaxMs = MOST_MS) {
  const account = awake()
  const session = sessionOf(account, 'balcony')
  const { egress, down } = ear()
  const deps: StreamManagementDeps = {
    egress,
    clock: createManualClock(),
    iqTimeoutMs: 1000,
    resumeMaxMs,
    parkedBytes: 1000,
    onConfirmed: () => Promise.resolve(),
    onRedelivered: () => {},
    written: () => undefined,
    endedCount: () => Promise.resolve(undefined),
    onParked: () => {},
    onAttached: () => {},
    end: () => assert.fail('nothing ends'),
  }
  const { jid, gen } = session
  const asks = (resume: boolean, max?: number) =>
    enable(deps, account, session, {
      k: 'sm-enable',
      account: JULIET,
      session: { jid, gen },
      resume,
      ...(max === undefined ? {} : { max }),
    })
  return { account, session, down, asks }
}

const answer = ([said]: Ear['down']) => {
  assert.ok(said?.k === 'sm-enabled')
  return said
}

for (const [name, wish, resumeMaxMs, expected] of [
  ['what the client wishes', 60, MOST_MS, 60],
  ['no more than the server allows', 3600, MOST_MS, 300],
  ['what the server allows, where the client wishes nothing', undefined, MOST_MS, 300],
  ['whole seconds', undefined, 1500, 1],
] as const) {
  test(`XEP-0198 §3 max is ${name}, and the session is kept as long`, () => {
    const { session, down, asks } = house(resumeMaxMs)
    asks(true, wish)
    assert.equal(answer(down).max, expected)
    assert.equal(session.sm?.maxMs, wish === 60 ? 60_000 : resumeMaxMs)
  })
}

for (const [name, resume, max, resumeMaxMs] of [
  ['who does not wish it', false, undefined, MOST_MS],
  ['who wishes it for no time', true, 0, MOST_MS],
  ['anybody, where the server keeps nobody', true, undefined, 0],
] as const) {
  test(`XEP-0198 §3 no resumption for ${name}: neither id nor max`, () => {
    const { down, asks } = house(resumeMaxMs)
    asks(resume, max)
    assert.deepEqual([answer(down).id, answer(down).max], [undefined, undefined])
  })
}

test('XEP-0198 §5 a session is resumed by an id of 128 random bits', () => {
  const ids = Array.from({ length: 100 }, () => {
    const { down, asks } = house()
    asks(true)
    return answer(down).id ?? ''
  })
  for (const id of ids) assert.equal(Buffer.from(id, 'base64url').length, 16)
  assert.equal(new Set(ids).size, ids.length)
  // Each bit is set in some and not in others.
  const bits = ids.map((id) =>
    [...Buffer.from(id, 'base64url')].map((byte) => byte.toString(2).padStart(8, '0')).join(''),
  )
  for (let bit = 0; bit < 128; bit++) assert.equal(new Set(bits.map((text) => text[bit])).size, 2)
})

test('XEP-0198 §3 <enable/> twice is unexpected, also before the first is answered, and changes nothing', async () => {
  const { account, session, down, asks } = house()
  const { promise, resolve } = Promise.withResolvers<void>()
  const fail = (fault: unknown) => assert.ifError(fault)
  account.outbox.addWhen(promise, () => {}, fail)
  asks(true)
  asks(true)
  resolve()
  await promise
  await new Promise((done) => void setImmediate(done))
  const { sm } = session
  asks(true)
  assert.deepEqual(
    down.map((said) => [said.k, 'condition' in said ? said.condition : undefined]),
    [
      ['sm-enabled', undefined],
      ['sm-failed', 'unexpected-request'],
    ],
  )
  assert.equal(session.sm, sm)
  assert.deepEqual(at('balcony'), session.at)
})
