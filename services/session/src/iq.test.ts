// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type BareJid, type Jid, parseBareJid, parseDomain, parseJid } from '@jabiru/jid'
import { createManualClock } from '@jabiru/runtime'
import { errorOf, NS, payload, renderStanza, type Stanza, stanza, withHead } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'
import { type IqDeps, receiveIq, sendIq } from './iq.ts'
import { awake, ear, JULIET, sessionOf } from './testing/account.ts'
import { startHouse } from './testing/house.ts'

const house = await startHouse({ domains: [parseDomain('localhost'), parseDomain('example.org')] })
after(() => house[Symbol.asyncDispose]())

const iq = (type: string, to: Jid | undefined, ...payloads: readonly Element[]) =>
  stanza({ name: 'iq', type, id: 'q', to }, ...payloads)
const ping = el('ping', 'urn:xmpp:ping')
const info = el('query', 'http://jabber.org/protocol/disco#info')
const unknown = el('query', 'urn:example:unknown')

const outcome = (s: Stanza | undefined) => (s === undefined ? 'nothing' : (errorOf(s)?.condition ?? s.type))

const own = [
  ['RFC 6120 §10.3.3 without an address', undefined, ping, 'result'],
  ['XEP-0199 §4.2 a ping of the server', parseDomain('localhost'), ping, 'result'],
  ['a ping of another domain that is served', parseDomain('example.org'), ping, 'result'],
  ['XEP-0030 §3.1 what the server offers', parseDomain('localhost'), info, 'result'],
  ['XEP-0030 §3.1 what the own account offers', undefined, info, 'result'],
  ['RFC 6120 §8.4 a namespace that nobody knows', parseDomain('localhost'), unknown, 'service-unavailable'],
  ['a resource of the server, which has none', parseJid('localhost/x'), ping, 'service-unavailable'],
  ['RFC 6121 §8.5.1 nobody’s address', parseBareJid('nobody@localhost'), ping, 'service-unavailable'],
  [
    'RFC 6120 §10.4 a domain that cannot be reached',
    parseBareJid('romeo@montague.lit'),
    ping,
    'remote-server-not-found',
  ],
] as const
for (const [name, to, payload, expected] of own) {
  test(`${name}: a request is answered, once`, async () => {
    const alice = await house.connect(await house.account())
    await alice.send(iq('get', to, payload))
    const answers = await alice.all()
    assert.deepEqual(answers.map(outcome), [expected])
    assert.deepEqual([answers[0]?.id, answers[0]?.from, answers[0]?.to], ['q', to, alice.jid])
  })
}

/** Roster answers for the account with these contacts; counts how often it is asked. */
function roster(account: BareJid, items: readonly (readonly [Jid, string])[]) {
  let asked = 0
  const answer = () => {
    asked++
    return Promise.resolve(JSON.stringify({ items }))
  }
  const read = house.endpoint.serveRead('roster', house.endpoint.partitionOf(account), 1, answer)
  return { asked: () => asked, close: read.close }
}

const pair = async () =>
  [await house.connect(await house.account()), await house.connect(await house.account())] as const

test('RFC 6121 §8.5.3.1 a request of a subscriber comes to the resource, and its answer back', async () => {
  const [alice, bob] = await pair()
  const contacts = roster(bob.account, [[alice.account, 'from']])
  await alice.send(iq('get', bob.jid, ping))
  const asked = await bob.stanza()
  assert.deepEqual([asked.id, asked.from], ['q', alice.jid])
  await bob.send(iq('result', alice.jid))
  assert.equal(outcome(await alice.stanza()), 'result')
  await alice.send(iq('get', bob.jid, ping))
  assert.equal(contacts.asked(), 1)
  contacts.close()
})

test('RFC 6121 §8.5.3.1 to a stranger a resource that is there is like one that is not', async () => {
  const [alice, bob] = await pair()
  const contacts = roster(bob.account, [[alice.account, 'to']])
  await alice.send(iq('get', bob.jid, ping))
  await alice.send(iq('get', parseJid(`${bob.account}/gone`), ping))
  const [there, gone] = (await alice.all()).map((s) => renderStanza(withHead(s, { from: undefined })))
  assert.ok(there?.includes('service-unavailable'))
  assert.equal(there, gone)
  assert.deepEqual(await bob.all(), [])
  contacts.close()
})

test('RFC 6121 §8.5.3.1 whom a resource has told of its presence may ask, until it is gone for them', async () => {
  const [alice, bob] = await pair()
  const contacts = roster(bob.account, [])
  const ask = async () => {
    await alice.send(iq('get', bob.jid, ping))
    return (await bob.all()).length
  }
  assert.equal(await ask(), 0)
  await bob.send(stanza({ name: 'presence', to: alice.jid }))
  assert.equal(await ask(), 1)
  await bob.send(stanza({ name: 'presence', type: 'unavailable', to: alice.jid }))
  assert.equal(await ask(), 0)
  await bob.send(stanza({ name: 'presence', to: alice.jid }))
  await bob.send(stanza({ name: 'presence', type: 'unavailable' }))
  assert.equal(await ask(), 0)
  contacts.close()
})

test('a subscription that changes is heeded at once', async () => {
  const [alice, bob] = await pair()
  const contacts = roster(bob.account, [])
  const change = async (subscription: 'from' | 'none') => {
    const envelope = { k: 'roster-changed', account: bob.account, contact: alice.account, item: '', ver: '1' } as const
    const part = house.endpoint.partitionOf(bob.account)
    await house.endpoint.send('session', part, { ...envelope, subscription, was: 'none' })
    await alice.send(iq('get', bob.jid, ping))
    return (await bob.all()).length
  }
  assert.equal(await change('from'), 0)
  assert.equal(await change('from'), 1)
  assert.equal(await change('none'), 0)
  contacts.close()
})

test('one may ask one’s own devices', async () => {
  const alice = await house.connect(await house.account())
  const laptop = await house.connect(alice.account)
  await alice.send(iq('get', laptop.jid, ping))
  assert.equal((await laptop.all()).length, 1)
})

test('RFC 6121 §8.5.3.2.3 a request to a resource that is not there is answered for it, an answer is not', async () => {
  const [alice, bob] = [await house.connect(await house.account()), await house.account()]
  const gone = parseJid(`${bob}/gone`)
  const contacts = roster(bob, [])
  await alice.send(iq('get', gone, ping))
  await alice.send(iq('result', gone))
  assert.deepEqual((await alice.all()).map(outcome), ['service-unavailable'])
  contacts.close()
})

test('RFC 6120 §8.2.3 answers to the server and to the account ask for nothing', async () => {
  const alice = await house.connect(await house.account())
  for (const to of [undefined, alice.account, parseDomain('localhost')]) {
    await alice.send(iq('result', to))
    await alice.send(iq('error', to))
  }
  assert.deepEqual(await alice.all(), [])
})

for (const [name, subscription, expected] of [
  ['to a stranger an account looks like nobody', 'none', 'service-unavailable'],
  ['a subscriber is told what an account offers', 'both', 'result'],
] as const) {
  test(`XEP-0030 §8 ${name}`, async () => {
    const [alice, bob] = [await house.connect(await house.account()), await house.account()]
    const contacts = roster(bob, [[alice.account, subscription]])
    await alice.send(iq('get', bob, info))
    assert.deepEqual((await alice.all()).map(outcome), [expected])
    contacts.close()
  })
}

for (const from of ['conference.localhost', 'room@conference.localhost', 'room@conference.localhost/nick']) {
  test(`RFC 6120 §8.2.3 a request to the account is answered, whoever asks: ${from}`, async () => {
    const routed: Stanza[] = []
    const egress: IqDeps['egress'] = {
      ...ear().egress,
      close: () => Promise.reject(new Error('nothing is closed')),
      toOwner: () => Promise.reject(new Error('nobody else is asked')),
      route: (s) => Promise.resolve(void routed.push(s)),
      isServed: () => false,
    }
    const asked = stanza({ name: 'iq', type: 'get', id: 'q', from: parseJid(from), to: JULIET }, unknown)
    const timing = { clock: createManualClock(), iqTimeoutMs: 1000 }
    await receiveIq(
      { egress, ...timing, features: [], mayAsk: () => Promise.resolve(true), onFault: assert.ifError },
      awake(),
      asked,
    )
    assert.deepEqual(
      routed.map((s) => [s.to, outcome(s)]),
      [[from, 'service-unavailable']],
    )
  })
}

test('RFC 6121 §2.1.6 who has asked for the roster is told of its changes, in their order', async () => {
  const account = await house.account()
  const [asked, other] = [await house.connect(account), await house.connect(account)]
  await asked.send(iq('get', undefined, el('query', NS.roster)))
  const owned = house.heard.filter(({ envelope }) => envelope.k === 'own' && envelope.session.jid === asked.jid)
  assert.deepEqual(
    owned.map(({ group }) => group),
    ['roster'],
  )
  const part = house.endpoint.partitionOf(account)
  const change = {
    k: 'roster-changed',
    account,
    subscription: 'to',
    was: 'none',
    contact: parseBareJid('romeo@montague.lit'),
  } as const
  for (const ver of ['1', '2']) {
    const item = `<item jid='romeo@montague.lit' subscription='to'/>`
    await house.endpoint.send('session', part, { ...change, item, ver })
  }
  const pushes = await asked.all()
  assert.deepEqual(
    pushes.map((s) => [s.type, s.to, payload(s, 'query', NS.roster)?.attrs['ver']]),
    [
      ['set', asked.jid, '1'],
      ['set', asked.jid, '2'],
    ],
  )
  assert.deepEqual(await other.all(), [])
})

test('an account that is removed loses its sessions, and cannot be bound again', async () => {
  const alice = await house.connect(await house.account())
  await house.store.database.query(`delete from account where jid = $1`, [alice.account])
  const part = house.endpoint.partitionOf(alice.account)
  await house.endpoint.send('session', part, { k: 'account-removed', account: alice.account })
  assert.equal((await alice.next('close')).condition, 'not-authorized')
  const next = house.connection(alice.account)
  next.ask({})
  assert.equal((await next.next('close')).condition, 'not-authorized')
})

test('RFC 6120 §8.2.3 a request that the server answers itself does not wait for an answer, whoever has told so', async () => {
  const account = awake()
  const session = sessionOf(account, 'phone')
  const server = parseDomain('capulet.lit')
  session.requests.asks({ id: 'q', to: server, n: 1, until: 1 })
  const egress: IqDeps['egress'] = {
    ...ear().egress,
    close: () => Promise.reject(new Error('nothing is closed')),
    toOwner: () => Promise.reject(new Error('nobody else is asked')),
    route: () => Promise.reject(new Error('nobody else is asked')),
    isServed: () => true,
  }
  const deps = { egress, clock: createManualClock(), iqTimeoutMs: 1, features: [], mayAsk: () => Promise.resolve(true) }
  const iq = stanza({ name: 'iq', type: 'get', id: 'q', from: session.jid, to: server }, unknown)
  await sendIq({ ...deps, onFault: assert.ifError }, account, session, iq)
  assert.deepEqual(session.requests.asked, [])
})
