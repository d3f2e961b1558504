// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Jid, parseBareJid, parseFullJid } from '@jabiru/jid'
import { errorOf, payloadsOf, type Stanza, stanza } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'
import type { TestConnection } from '../../testing/client.ts'
import { startHouse } from '../../testing/house.ts'
import { NS_VCARD } from './vcard.ts'

const house = await startHouse()
after(() => house[Symbol.asyncDispose]())

const romeo = parseFullJid('romeo@montague.lit/home')
const card = (name: string, picture = 'cGljdHVyZQ==') =>
  el(
    'vCard',
    NS_VCARD,
    {},
    el('FN', NS_VCARD, {}, name),
    el('PHOTO', NS_VCARD, {}, el('TYPE', NS_VCARD, {}, 'image/png'), el('BINVAL', NS_VCARD, {}, picture)),
  )
const NOTHING = el('vCard', NS_VCARD)

let asked = 0
async function ask(client: TestConnection, type: 'get' | 'set', what: Element, to?: Jid): Promise<Stanza> {
  const sent = client.send(stanza({ name: 'iq', type, id: `card-${++asked}`, to }, what))
  const reply = await client.stanza()
  await sent
  return reply
}
const keep = async (client: TestConnection, what: Element) =>
  assert.equal((await ask(client, 'set', what)).type, 'result')
const own = async (client: TestConnection) => payloadsOf(await ask(client, 'get', NOTHING))

test('XEP-0054 §3.1, §3.2 an account keeps a vCard, and changes it as a whole', async () => {
  const alice = await house.connect(await house.account())
  await keep(alice, card('Alice'))
  assert.deepEqual(await own(alice), [card('Alice')])
  await keep(alice, card('Alice Liddell', ''))
  assert.deepEqual(await own(alice), [card('Alice Liddell', '')])
  assert.deepEqual(payloadsOf(await ask(alice, 'get', NOTHING, alice.account)), [card('Alice Liddell', '')])
})

test('XEP-0054 §3.1 who has none is told so, and so is who has taken it back', async () => {
  const alice = await house.connect(await house.account())
  assert.equal(errorOf(await ask(alice, 'get', NOTHING))?.condition, 'item-not-found')
  await keep(alice, card('Alice'))
  await keep(alice, NOTHING)
  assert.equal(errorOf(await ask(alice, 'get', NOTHING))?.condition, 'item-not-found')
})

test('XEP-0054 §3.3 anybody reads it, whether or not the account is there', async () => {
  const account = await house.account()
  const alice = await house.connect(account)
  await keep(alice, card('Alice'))
  await alice.gone(true)
  const bob = await house.connect(await house.account())
  const reply = await ask(bob, 'get', NOTHING, account)
  assert.deepEqual([reply.from, payloadsOf(reply)], [account, [card('Alice')]])
})

test('XEP-0054 §3.3 one without a vCard is answered for like one that does not exist', async () => {
  const bob = await house.connect(await house.account())
  for (const to of [await house.account(), parseBareJid('nobody@localhost')]) {
    assert.equal(errorOf(await ask(bob, 'get', NOTHING, to))?.condition, 'service-unavailable')
  }
})

test('XEP-0054 §3.2 nobody else writes it: who sees the account is told so, to others nobody is there', async () => {
  const [account, friend] = [await house.account(), await house.account()]
  const answer = () => Promise.resolve(JSON.stringify({ items: [[friend, 'from']] }))
  const roster = house.endpoint.serveRead('roster', house.endpoint.partitionOf(account), 1, answer)
  const alice = await house.connect(account)
  await keep(alice, card('Alice'))
  const rows = [
    [friend, 'forbidden'],
    [await house.account(), 'service-unavailable'],
  ] as const
  for (const [asker, error] of rows) {
    const reply = await ask(await house.connect(asker), 'set', card('Mallory'), account)
    assert.equal(errorOf(reply)?.condition, error)
  }
  await house.deliver(
    [account],
    stanza({ name: 'iq', type: 'set', id: 'f', from: romeo, to: account }, card('Mallory')),
  )
  assert.deepEqual(await own(alice), [card('Alice')])
  roster.close()
})

test('XEP-0191 §3.3 who is blocked does not read it', async () => {
  const account = await house.account()
  const alice = await house.connect(account)
  const bob = await house.connect(await house.account())
  await keep(alice, card('Alice'))
  const block = el('block', 'urn:xmpp:blocking', {}, el('item', 'urn:xmpp:blocking', { jid: bob.account }))
  assert.equal((await ask(alice, 'set', block)).type, 'result')
  assert.equal(errorOf(await ask(bob, 'get', NOTHING, account))?.condition, 'service-unavailable')
})

test('one that is too large is refused, and the one before it is kept', async () => {
  const alice = await house.connect(await house.account())
  await keep(alice, card('Alice'))
  const large = card('Alice', 'A'.repeat(5_000))
  assert.equal(errorOf(await ask(alice, 'set', large))?.condition, 'resource-constraint')
  assert.deepEqual(await own(alice), [card('Alice')])
})

test('a vCard is there for the next owner; while the database is away the client is told so', async () => {
  const account = await house.account()
  const alice = await house.connect(account)
  await keep(alice, card('Alice'))
  house.store.away = true
  assert.equal(errorOf(await ask(alice, 'set', card('Else')))?.condition, 'internal-server-error')
  house.store.away = false
  assert.equal(house.faults.splice(0).length, 1)
  await house.restart()
  assert.deepEqual(await own(await house.connect(account)), [card('Alice')])
})
