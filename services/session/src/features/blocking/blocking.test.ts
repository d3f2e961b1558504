// Slow: partitions that are handed over many times.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Jid, parseFullJid, parseJid } from '@jabiru/jid'
import { NS_BLOCKING, NS_BLOCKING_ERRORS, parseBlocking } from '@jabiru/protocol'
import { errorOf, NS, payload, payloadsOf, type Stanza, stanza } from '@jabiru/stanza'
import { child, type Element, el } from '@jabiru/xml'
import type { TestConnection } from '../../testing/client.ts'
import { startHouse } from '../../testing/house.ts'
import { passUntil } from '../../testing/time.ts'

const house = await startHouse()
after(() => house[Symbol.asyncDispose]())

const romeo = parseFullJid('romeo@montague.lit/home')
let asked = 0

const items = (jids: readonly string[]) => jids.map((jid) => el('item', NS_BLOCKING, { jid }))

async function ask(client: TestConnection, type: 'get' | 'set', payloads: Element): Promise<Stanza> {
  const id = `ask-${++asked}`
  const sent = client.send(stanza({ name: 'iq', type, id }, payloads))
  const reply = await client.stanza()
  await sent
  assert.equal(reply.id, id)
  return reply
}

const command = (name: 'block' | 'unblock', ...jids: readonly string[]) => el(name, NS_BLOCKING, {}, ...items(jids))
const block = (client: TestConnection, ...jids: readonly string[]) => ask(client, 'set', command('block', ...jids))
const unblock = (client: TestConnection, ...jids: readonly string[]) => ask(client, 'set', command('unblock', ...jids))
const listOf = async (client: TestConnection): Promise<readonly string[]> => {
  const [list] = payloadsOf(await ask(client, 'get', el('blocklist', NS_BLOCKING)))
  assert.ok(list)
  return parseBlocking(list)
}
const chat = (from: Jid, text: string, to?: Jid) =>
  stanza({ name: 'message', type: 'chat', id: text, from, to }, el('body', NS.client, {}, text))

test('XEP-0191 §3.2 a list that is empty is said to be', async () => {
  const alice = await house.connect(await house.account())
  assert.deepEqual(await listOf(alice), [])
})

test('XEP-0191 §3.3 §3.4 what is blocked is listed in canonical form until it is unblocked', async () => {
  const alice = await house.connect(await house.account())
  assert.equal((await block(alice, 'Romeo@Montague.lit', 'iago@shakespeare.lit/x')).type, 'result')
  assert.equal((await block(alice, 'romeo@montague.lit')).type, 'result')
  assert.deepEqual(await listOf(alice), ['romeo@montague.lit', 'iago@shakespeare.lit/x'])
  const push = async () => payloadsOf(await alice.stanza())[0]
  assert.equal((await unblock(alice, 'romeo@montague.lit', 'nobody@montague.lit')).type, 'result')
  assert.deepEqual(await push(), command('unblock', 'romeo@montague.lit', 'nobody@montague.lit'))
  assert.deepEqual(await listOf(alice), ['iago@shakespeare.lit/x'])
})

test('XEP-0191 §3.3 §3.5 pushes go to those who have asked for the list', async () => {
  const account = await house.account()
  const [asker, other] = [await house.connect(account), await house.connect(account)]
  await listOf(asker)
  await block(other, 'romeo@montague.lit', 'paris@montague.lit')
  await unblock(other)
  const pushes = await asker.all()
  assert.deepEqual(
    pushes.map((s) => [s.type, s.to, s.from, ...payloadsOf(s)]),
    [
      ['set', asker.jid, undefined, command('block', 'romeo@montague.lit', 'paris@montague.lit')],
      ['set', asker.jid, undefined, command('unblock')],
    ],
  )
  assert.notEqual(pushes[0]?.id, pushes[1]?.id)
  assert.deepEqual(await other.all(), [])
  assert.deepEqual(await listOf(asker), [])
})

const WRONG = [
  ['without anybody', [], 'bad-request'],
  ['an item without an address', [undefined], 'bad-request'],
  ['an address that is none', ['a@b@c'], 'jid-malformed'],
  ['more than may be', ['a.lit', 'b.lit', 'c.lit', 'd.lit', 'e.lit', 'f.lit'], 'resource-constraint'],
] as const
for (const [name, jids, condition] of WRONG) {
  test(`XEP-0191 §3.3 a block ${name} is answered with ${condition}, and nothing is blocked`, async () => {
    const alice = await house.connect(await house.account())
    const named = jids.map((jid) => el('item', NS_BLOCKING, { jid }))
    const reply = await ask(alice, 'set', el('block', NS_BLOCKING, {}, ...named))
    assert.equal(errorOf(reply)?.condition, condition)
    assert.deepEqual(await listOf(alice), [])
  })
}

test('XEP-0191 §4 nobody blocks their own resources, and the domain of the account does not mean them', async () => {
  const account = await house.account()
  const [phone, laptop] = [await house.connect(account, 'phone'), await house.connect(account, 'laptop')]
  assert.equal(errorOf(await block(phone, laptop.jid))?.condition, 'not-acceptable')
  assert.equal((await block(phone, 'localhost')).type, 'result')
  await phone.available()
  await laptop.available()
  await phone.message(laptop.jid, 'still there')
  assert.deepEqual(await laptop.texts(), ['still there'])
})

test('XEP-0191 §3.2 nobody else reads the list', async () => {
  const alice = await house.connect(await house.account())
  const bob = await house.connect(await house.account())
  await block(alice, 'romeo@montague.lit')
  await bob.send(stanza({ name: 'iq', type: 'get', id: 'q', to: alice.account }, el('blocklist', NS_BLOCKING)))
  assert.equal(errorOf(await bob.stanza())?.condition, 'service-unavailable')
})

test('XEP-0191 §3.3 what a blocked sender says does not arrive: a message and a request are answered as by nobody, the rest is dropped', async () => {
  const bob = await house.connect(await house.account(), 'home')
  const alice = await house.connect(await house.account())
  await bob.available()
  await alice.available()
  await block(alice, bob.account)
  await bob.message(alice.account, 'hello')
  await bob.send(stanza({ name: 'iq', type: 'get', id: 'q', to: alice.jid }, el('ping', 'urn:xmpp:ping')))
  await bob.send(stanza({ name: 'iq', type: 'get', id: 'q', to: alice.account }, el('ping', 'urn:xmpp:ping')))
  await bob.send(stanza({ name: 'iq', type: 'result', id: 'r', to: alice.jid }))
  await house.deliver([alice.account], stanza({ name: 'presence', from: bob.jid }))
  await house.deliver([alice.account], stanza({ name: 'presence', type: 'subscribe', from: bob.account }))
  const replies = await bob.all()
  assert.deepEqual(
    replies.map((s) => [s.name, s.id, errorOf(s)?.condition, s.payloads.length]),
    [
      ['message', 'hello', 'service-unavailable', 1],
      ['iq', 'q', 'service-unavailable', 1],
      ['iq', 'q', 'service-unavailable', 1],
    ],
  )
  assert.deepEqual(await alice.all(), [])
  await unblock(alice, bob.account)
  await bob.message(alice.account, 'and now')
  assert.deepEqual(await alice.texts(), ['and now'])
})

test('XEP-0191 §3.3 what a blocked sender says is neither copied nor kept for later', async () => {
  const account = await house.account()
  const bob = await house.account()
  const [phone, laptop] = [await house.connect(account, 'phone'), await house.connect(account, 'laptop')]
  await phone.available()
  await ask(laptop, 'set', el('enable', 'urn:xmpp:carbons:2'))
  await block(phone, bob)
  await house.deliver([account], chat(parseFullJid(`${bob}/x`), 'hi', phone.jid), 'admitted-1')
  assert.deepEqual(await laptop.all(), [])
  await phone.gone(true)
  await house.deliver([account], chat(parseFullJid(`${bob}/x`), 'later', account), 'admitted-2')
  await unblock(laptop)
  await laptop.available()
  assert.deepEqual(await laptop.texts(), [])
  const rows = await house.store.database.query('select position from archive where owner = $1', [account])
  assert.deepEqual(rows, [])
})

test('XEP-0191 §3.3 what came before the block waits for the end of it', async () => {
  const account = await house.account()
  await house.deliver([account], chat(romeo, 'before', account), 'earlier')
  const alice = await house.connect(account)
  await block(alice, romeo)
  await alice.available()
  // What comes now lines up behind what is read from the archive.
  await house.deliver([account], chat(parseFullJid('paris@montague.lit/home'), 'after', account), 'later')
  assert.equal((await alice.stanza()).id, 'after')
  await alice.confirm()
  await alice.gone(true)
  const again = await house.connect(account)
  await unblock(again)
  await again.available()
  assert.equal((await again.stanza()).id, 'before')
})

test('XEP-0191 §3.3 what the user sends to a blocked address is refused with <blocked/>, and goes nowhere', async () => {
  const bob = await house.connect(await house.account())
  const alice = await house.connect(await house.account())
  await bob.available()
  await block(alice, bob.account)
  house.heard.length = 0
  await alice.message(bob.jid, 'hello')
  await alice.send(stanza({ name: 'iq', type: 'get', id: 'q', to: bob.jid }, el('ping', 'urn:xmpp:ping')))
  await alice.send(stanza({ name: 'presence', id: 'p', to: bob.account }))
  await alice.send(stanza({ name: 'presence', type: 'subscribe', id: 's', to: bob.account }))
  // An answer is dropped, for it is not answered.
  await alice.send(stanza({ name: 'iq', type: 'result', id: 'r', to: bob.jid }))
  const replies = await alice.all()
  assert.deepEqual(
    replies.map((s) => [s.id, errorOf(s)?.condition, errorOf(s)?.type]),
    ['hello', 'q', 'p', 's'].map((id) => [id, 'not-acceptable', 'cancel']),
  )
  for (const reply of replies) {
    const error = payload(reply, 'error', NS.client)
    assert.ok(error && child(error, 'blocked', NS_BLOCKING_ERRORS))
  }
  assert.deepEqual(await bob.all(), [])
  assert.deepEqual(house.heard, [])
  const rows = await house.store.database.query('select position from archive where owner = $1', [alice.account])
  assert.deepEqual(rows, [])
})

test('XEP-0191 §3.3 presence is told whom the account has blocked, with the first presence and with each change', async () => {
  const account = await house.account()
  const before = await house.connect(account)
  await block(before, 'romeo@montague.lit')
  await before.gone(true)
  house.heard.length = 0
  const alice = await house.connect(account)
  await alice.available()
  await unblock(alice)
  const told = house.heard.flatMap(({ group, envelope }) =>
    group === 'presence' && (envelope.k === 'availability' || envelope.k === 'blocklist')
      ? [[envelope.k, envelope.blocked]]
      : [],
  )
  assert.deepEqual(told, [
    ['availability', ['romeo@montague.lit']],
    ['blocklist', []],
  ])
})

test('XEP-0191 §3.3 a block is committed before it is answered, and those that follow it in its order', async () => {
  const alice = await house.connect(await house.account())
  const { promise, resolve } = Promise.withResolvers<void>()
  house.store.hold = { matching: /into blocked/, until: promise }
  const blocked = alice.send(stanza({ name: 'iq', type: 'set', id: 'b' }, command('block', 'romeo@montague.lit')))
  const unblocked = alice.send(stanza({ name: 'iq', type: 'set', id: 'u' }, command('unblock', 'romeo@montague.lit')))
  await alice.fence()
  assert.deepEqual(alice.inbox, [])
  house.store.hold = undefined
  resolve()
  await Promise.all([blocked, unblocked])
  assert.deepEqual([(await alice.stanza()).id, (await alice.stanza()).id], ['b', 'u'])
  assert.deepEqual(await listOf(alice), [])
})

test('XEP-0191 §3.3 the database is away: the client is told so, and may ask again', async () => {
  const alice = await house.connect(await house.account())
  house.store.away = true
  const reply = await block(alice, 'romeo@montague.lit')
  house.store.away = false
  assert.equal(errorOf(reply)?.condition, 'internal-server-error')
  assert.equal(house.faults.splice(0).length, 1)
  assert.equal((await block(alice, 'romeo@montague.lit')).type, 'result')
  assert.deepEqual(await listOf(alice), ['romeo@montague.lit'])
})

test('XEP-0191 §3.3 the next owner knows the list, and who has asked for it', async () => {
  await using apart = await startHouse({ apart: true })
  const account = await apart.account()
  const alice = await passUntil(apart, apart.connect(account))
  await passUntil(apart, listOf(alice))
  await passUntil(apart, block(alice, 'romeo@montague.lit'))
  assert.equal((await alice.stanza()).type, 'set')
  await apart.die()
  await passUntil(apart, apart.deliver([account], chat(romeo, 'hello', account), 'admitted'))
  const other = await passUntil(apart, apart.connect(account))
  await passUntil(apart, block(other, parseJid('iago@shakespeare.lit')))
  const heard = await passUntil(apart, alice.all())
  assert.deepEqual(
    heard.map((s) => payloadsOf(s)[0]),
    [command('block', 'iago@shakespeare.lit')],
  )
  assert.deepEqual(await passUntil(apart, listOf(other)), ['romeo@montague.lit', 'iago@shakespeare.lit'])
})
