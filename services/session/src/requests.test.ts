// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Jid, parseDomain, parseFullJid, parseJid } from '@jabiru/jid'
import { createManualClock } from '@jabiru/runtime'
import { errorOf, type Stanza, stanza } from '@jabiru/stanza'
import { el } from '@jabiru/xml'
import { type IqDeps, sendIq } from './iq.ts'
import { ask, isFirstAnswer, Requests, requestsOf, underWay, watch } from './requests.ts'
import { awake, ear, sessionOf } from './testing/account.ts'
import type { TestConnection } from './testing/client.ts'
import { startHouse } from './testing/house.ts'
import { pass, passUntil } from './testing/time.ts'

const TIMEOUT_MS = 30_000
const house = await startHouse({ partitions: 2, apart: true, iqTimeoutMs: TIMEOUT_MS, resumeMaxMs: 20_000 })
after(() => house[Symbol.asyncDispose]())

const fails = () => Promise.reject(new Error('nobody is told'))
const outcome = (s: Stanza) => [s.id, errorOf(s)?.condition ?? s.type]
const request = (to: Jid, id = 'q') => stanza({ name: 'iq', type: 'get', id, to }, el('ping', 'urn:xmpp:ping'))
const result = (to: Jid, id = 'q') => stanza({ name: 'iq', type: 'result', id, to })

async function connect() {
  const device = await passUntil(house, house.connect(await house.account()))
  await device.available()
  await device.all()
  return device
}

/** Bob has told alice of his presence, so that she may ask him. */
async function pair() {
  const [alice, bob] = [await connect(), await connect()]
  await bob.send(stanza({ name: 'presence', to: alice.jid }))
  return { alice, bob }
}

/** Bob has been asked, and has read it. */
async function asked() {
  const { alice, bob } = await pair()
  await alice.send(request(bob.jid))
  assert.deepEqual((await bob.all()).map(outcome), [['q', 'get']])
  return { alice, bob }
}

const outcomes = async (device: TestConnection) => (await device.all()).map(outcome)

test('RFC 6120 §8.2.3 the first answer is the answer: a second one and one that nobody asked for are dropped', async () => {
  const { alice, bob } = await asked()
  const mallory = await connect()
  await mallory.send(result(alice.jid))
  await bob.send(result(alice.jid, 'another'))
  assert.deepEqual(await outcomes(alice), [])
  await bob.send(result(alice.jid))
  await bob.send(result(alice.jid))
  assert.deepEqual(await outcomes(alice), [['q', 'result']])
})

test('RFC 6120 §8.2.3 a request that its connection manager refuses is answered though nobody was asked', async () => {
  const { alice, bob } = await pair()
  const refused = [bob.jid, alice.jid, undefined].map((from, i) => ({ id: `r${i}`, from }))
  for (const { id, from } of refused)
    await alice.inPlace(stanza({ name: 'iq', type: 'error', id, from, to: alice.jid }))
  const answers = await alice.all()
  assert.deepEqual(
    answers.map(({ id, from }) => ({ id, from })),
    refused,
  )
})

test('RFC 6120 §8.3.3.13 who does not answer in time is answered for, once, and a late answer is dropped', async () => {
  const { alice, bob } = await asked()
  await pass(house, TIMEOUT_MS - 1_000)
  assert.deepEqual(await outcomes(alice), [])
  await pass(house, 1_000)
  const [reply] = await alice.all()
  assert.ok(reply)
  assert.deepEqual([...outcome(reply), reply.from, reply.to], ['q', 'recipient-unavailable', bob.jid, alice.jid])
  await bob.send(result(alice.jid))
  assert.deepEqual(await outcomes(alice), [])
})

test('RFC 6120 §8.3.3.17 a server that does not answer in time is told apart', () => {
  const [account, clock, { egress, delivered }] = [awake(), createManualClock(), ear()]
  const session = sessionOf(account, 'balcony')
  const deps = { egress: { ...egress, isServed: () => false }, clock, iqTimeoutMs: 1_000 }
  ask(deps, account, session, request(parseJid('romeo@montague.lit/orchard'), 'a'))
  clock.advance(500)
  ask(deps, account, session, request(parseJid('montague.lit'), 'b'))
  clock.advance(500)
  assert.deepEqual(
    delivered.map((one) => outcome(one.stanza)),
    [['a', 'remote-server-timeout']],
  )
  clock.advance(500)
  assert.deepEqual(
    delivered.map((one) => one.stanza.id),
    ['a', 'b'],
  )
})

test('RFC 6120 §8.3.3.18 one request too many without an answer is refused, and an id that is used again is not', () => {
  const requests = new Requests()
  const to = parseFullJid('romeo@montague.lit/orchard')
  for (let i = 0; i < 1000; i++) requests.asks({ id: `${i}`, to, n: i, until: i })
  assert.throws(() => requests.asks({ id: 'more', to, n: 1000, until: 1000 }), { condition: 'resource-constraint' })
  requests.asks({ id: '0', to, n: 1001, until: 1000 })
  assert.equal(requests.first?.id, '1')
})

test('RFC 6121 §8.5.3.2.3 a request that a session has read and not answered is answered when it ends', async () => {
  const { alice, bob } = await asked()
  await bob.confirm()
  await bob.gone()
  assert.deepEqual(outcome(await alice.stanza()), ['q', 'service-unavailable'])
})

test('RFC 6120 §8.2.3 a request and its answer survive the death of both owners', async () => {
  const { alice, bob } = await asked()
  await house.die()
  await passUntil(house, bob.send(result(alice.jid)))
  await bob.send(result(alice.jid))
  assert.deepEqual(await outcomes(alice), [['q', 'result']])
})

test('RFC 6120 §8.2.3 after the death of both owners what nobody answers has its answer, by time or by the end of who was asked', async () => {
  const [late, ended] = [await asked(), await asked()]
  await ended.bob.confirm()
  await house.die()
  await passUntil(house, Promise.all([ended.bob.fence(), ended.alice.fence(), late.alice.fence()]))
  await ended.bob.gone()
  assert.deepEqual(outcome(await passUntil(house, ended.alice.stanza())), ['q', 'service-unavailable'])
  await pass(house, TIMEOUT_MS)
  assert.deepEqual(await outcomes(late.alice), [['q', 'recipient-unavailable']])
})

test('RFC 6120 §8.2.3 a session without a socket goes on waiting for its answer, under its next owner too', async () => {
  const { alice, bob } = await pair()
  const { id = '', outBase } = await alice.enable()
  await alice.send(request(bob.jid))
  await alice.gone()
  await bob.all()
  await pass(house, 250)
  await house.die()
  await passUntil(house, bob.send(result(alice.jid)))
  await bob.send(result(alice.jid))
  const next = house.connection(alice.account)
  next.resume(id, alice.delivered - outBase)
  await passUntil(house, next.next('sm-resumed'))
  assert.deepEqual(await outcomes(next), [['q', 'result']])
})

test('XEP-0198 §5 a resumption tells the connection manager what is under way, for the owner after this one', async () => {
  const { alice, bob } = await asked()
  await alice.send(stanza({ name: 'presence', to: bob.jid }))
  await bob.all()
  const { id = '', outBase } = await bob.enable()
  await bob.send(request(alice.jid, 'back'))
  await bob.gone()
  const next = house.connection(bob.account)
  next.resume(id, bob.delivered - outBase)
  const resumed = await next.next('sm-resumed')
  assert.deepEqual(resumed.owed, [['q', alice.jid]])
  assert.deepEqual(
    resumed.asked?.map(([one, to]) => [one, to]),
    [['back', alice.jid]],
  )
})

test('what is told of requests to another process counts their age', () => {
  const clock = createManualClock()
  const session = sessionOf(awake(), 'balcony')
  const to = parseFullJid('romeo@montague.lit/orchard')
  session.requests.asks({ id: 'a', to, n: 3, until: 1_000 })
  clock.advance(400)
  const told = underWay(session, { clock, iqTimeoutMs: 1_000 })
  assert.deepEqual(told, { asked: [['a', to, 400, 3]] })
  const elsewhere = createManualClock()
  assert.equal(requestsOf(told, { clock: elsewhere, iqTimeoutMs: 1_000 }).first?.until, 600)
})

test('RFC 6120 §8.2.3 a request that is answered and does not count yet is told of to the next owner', () => {
  const session = sessionOf(awake(), 'balcony')
  const to = parseFullJid('romeo@montague.lit/orchard')
  session.durable = 2
  session.handled = 4
  session.requests.asks({ id: 'counted', to, n: 2, until: 9 })
  session.requests.asks({ id: 'open', to, n: 4, until: 9 })
  assert.ok(isFirstAnswer(session, 'counted', to))
  assert.ok(isFirstAnswer(session, 'open', to))
  assert.deepEqual(
    [...session.early].map(([n]) => n),
    [4],
  )
})

test('RFC 6120 §8.2.3 a request that waited for an owner for too long is answered once, though what came before it waits', async () => {
  const [account, clock, { egress, delivered }] = [awake(), createManualClock(), ear()]
  const session = sessionOf(account, 'balcony')
  const server = parseDomain('capulet.lit')
  const deps: IqDeps = {
    egress: { ...egress, close: fails, toOwner: fails, route: fails, isServed: () => true },
    features: [],
    mayAsk: fails,
    clock,
    iqTimeoutMs: TIMEOUT_MS,
    onFault: assert.ifError,
  }
  clock.advance(2 * TIMEOUT_MS)
  session.requests.add(requestsOf({ asked: [['q', server, TIMEOUT_MS, 1]] }, deps))
  watch(deps, account, session)
  const commit = Promise.withResolvers<undefined>()
  account.outbox.addWhen(commit.promise, () => {}, assert.ifError)
  await sendIq(deps, account, session, request(server))
  clock.advance(0)
  commit.resolve(undefined)
  await new Promise<void>((resolve) => void setImmediate(resolve))
  assert.deepEqual(
    delivered.map((one) => outcome(one.stanza)),
    [['q', 'service-unavailable']],
  )
})
