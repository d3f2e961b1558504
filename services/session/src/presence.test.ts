// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { FullJid } from '@jabiru/jid'
import { errorOf, NS, type Stanza, stanza, withHead } from '@jabiru/stanza'
import { el } from '@jabiru/xml'
import { bodyOf } from './testing/client.ts'
import { startHouse } from './testing/house.ts'

const house = await startHouse({ partitions: 2 })
after(() => house[Symbol.asyncDispose]())

const priority = (text: string) => el('priority', NS.client, {}, text)
const presence = (type?: string) => stanza({ name: 'presence', type })

/** What presence and roster were told, and by whom, since the last time. */
function told(by: FullJid): readonly string[] {
  const mine = house.heard.filter(({ envelope }) => 'session' in envelope && envelope.session.jid === by)
  for (const one of mine) house.heard.splice(house.heard.indexOf(one), 1)
  return mine.map(({ group, envelope }) => {
    const type = 'stanza' in envelope ? (envelope.stanza.type ?? 'available') : ''
    const initial = envelope.k === 'availability' && envelope.initial ? ' initial' : ''
    return `${group} ${envelope.k} ${type}${initial}`
  })
}

test('RFC 6121 §4.2 the first presence is told as such, a later one is not', async () => {
  const alice = await house.connect(await house.account())
  await alice.available()
  assert.deepEqual(told(alice.jid), [
    'presence availability available initial',
    'roster availability available initial',
  ])
  await alice.available(5)
  assert.deepEqual(told(alice.jid), ['presence availability available'])
  await alice.send(presence('unavailable'))
  assert.deepEqual(told(alice.jid), ['presence availability unavailable'])
  await alice.available()
  assert.equal(told(alice.jid).length, 2)
})

test('RFC 6121 §4.5.2 for a session that ends without a word the server says unavailable, also where it was never available', async () => {
  for (const available of [true, false]) {
    const alice = await house.connect(await house.account())
    if (available) await alice.available()
    told(alice.jid)
    await alice.gone()
    await (await house.connect(alice.account)).available()
    assert.deepEqual(told(alice.jid), ['presence availability unavailable'])
  }
})

test('RFC 6120 §7.7.2.2 the end of a replaced session is told before its successor comes', async () => {
  const first = await house.connect(await house.account(), 'phone')
  await first.available()
  told(first.jid)
  const second = await house.connect(first.account, 'phone')
  assert.equal((await first.next('close')).condition, 'conflict')
  await second.available()
  assert.deepEqual(told(second.jid).slice(0, 2), [
    'presence availability unavailable',
    'presence availability available initial',
  ])
})

for (const text of ['128', '-129', '1.5', 'x', '']) {
  test(`RFC 6121 §4.7.2.3 a priority of '${text}' is refused`, async () => {
    const alice = await house.connect(await house.account())
    await alice.send(stanza({ name: 'presence', id: 'p' }, priority(text)))
    const [reply] = await alice.all()
    assert.ok(reply)
    assert.deepEqual([reply.name, reply.id, errorOf(reply)?.condition], ['presence', 'p', 'bad-request'])
    assert.deepEqual(told(alice.jid), [])
  })
}

for (const text of ['127', '-128', '+1', ' 3\n']) {
  test(`RFC 6121 §4.7.2.3 a priority of '${text.trim()}' is taken`, async () => {
    const alice = await house.connect(await house.account())
    await alice.send(stanza({ name: 'presence' }, priority(text)))
    assert.deepEqual(await alice.all(), [])
  })
}

test('RFC 6121 §4.7.2.3 a presence without a priority has zero, and takes what is for the account', async () => {
  const account = await house.account()
  const [plain, zero, negative] = [
    await house.connect(account),
    await house.connect(account),
    await house.connect(account),
  ]
  await plain.send(stanza({ name: 'presence' }))
  await zero.available(0)
  await negative.available(-1)
  const alice = await house.connect(await house.account())
  await alice.message(account, 'for all')
  assert.deepEqual([await plain.texts(), await zero.texts()], [['for all'], ['for all']])
  assert.deepEqual(await negative.texts(), [])
})

const outbound = [
  ['§3.1.2 subscribe', 'subscribe', 'roster own subscribe'],
  ['§3.1.5 subscribed', 'subscribed', 'roster own subscribed'],
  ['§3.3.2 unsubscribe', 'unsubscribe', 'roster own unsubscribe'],
  ['§3.2.2 unsubscribed', 'unsubscribed', 'roster own unsubscribed'],
  ['§4.6.3 directed presence', undefined, 'presence own available'],
  ['§4.6.3 directed unavailable', 'unavailable', 'presence own unavailable'],
  ['§4.3 a probe', 'probe', 'presence own probe'],
] as const
for (const [name, type, expected] of outbound) {
  test(`RFC 6121 ${name} goes to the service that answers for it`, async () => {
    const alice = await house.connect(await house.account())
    const bob = await house.account()
    await alice.send(withHead(presence(type), { to: bob }))
    assert.deepEqual(told(alice.jid), [expected])
  })
}

test('RFC 6121 §4.3 a probe of nobody goes nowhere, and nobody is told of a fault', async () => {
  const alice = await house.connect(await house.account())
  await alice.send(presence('probe'))
  assert.deepEqual(told(alice.jid), [])
  assert.deepEqual(await alice.all(), [])
})

test('RFC 6121 §4.2.2 presence comes to every available resource, that of its origin included', async () => {
  const account = await house.account()
  const [phone, laptop, silent] = [
    await house.connect(account),
    await house.connect(account),
    await house.connect(account),
  ]
  await phone.available()
  await laptop.available(-1)
  await house.deliver([account], stanza({ name: 'presence', from: phone.jid }))
  const seen = (all: readonly Stanza[]) => all.map(({ from, to }) => [from, to])
  assert.deepEqual(seen(await phone.all()), [[phone.jid, account]])
  assert.deepEqual(seen(await laptop.all()), [[phone.jid, account]])
  assert.deepEqual(await silent.all(), [])
})

test('RFC 6121 §3 subscription stanzas come to those whom they concern', async () => {
  const account = await house.account()
  const [available, interested] = [await house.connect(account), await house.connect(account)]
  await available.available()
  await interested.send(stanza({ name: 'iq', type: 'get', id: 'r' }, el('query', NS.roster)))
  const from = await house.account()
  for (const type of ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed']) {
    await house.deliver([account], stanza({ name: 'presence', type, from, to: account }))
  }
  const types = (all: readonly Stanza[]) => all.map(({ type }) => type)
  assert.deepEqual(types(await available.all()), ['subscribe'])
  assert.deepEqual(types(await interested.all()), ['subscribed', 'unsubscribe', 'unsubscribed'])
})

test('XEP-0160 §2 what waits comes with the first presence of non-negative priority', async () => {
  const alice = await house.connect(await house.account())
  const bob = await house.connect(await house.account())
  await alice.message(bob.account, 'waits')
  await bob.available(-1)
  assert.deepEqual(await bob.texts(), [])
  await bob.available(0)
  assert.equal(bodyOf(await bob.stanza()), 'waits')
  await bob.available(1)
  await bob.send(presence('unavailable'))
  await bob.available()
  assert.deepEqual(await bob.texts(), [])
})
