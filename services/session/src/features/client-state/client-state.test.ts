// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type BareJid, parseFullJid } from '@jabiru/jid'
import { NS, payload, type Stanza, stanza } from '@jabiru/stanza'
import { el, textOf } from '@jabiru/xml'
import { bodyOf, type TestConnection } from '../../testing/client.ts'
import { type House, startHouse } from '../../testing/house.ts'
import { passUntil } from '../../testing/time.ts'

const house = await startHouse()
after(() => house[Symbol.asyncDispose]())

const romeo = parseFullJid('romeo@montague.lit/home')
const nurse = parseFullJid('nurse@capulet.lit/chamber')

const comes = (at: House, account: BareJid, from: typeof romeo, status: string, type?: string) =>
  at.deliver([account], stanza({ name: 'presence', type, from }, el('status', NS.client, {}, status)))
const composes = (account: BareJid) =>
  house.deliver(
    [account],
    stanza(
      { name: 'message', type: 'chat', from: romeo, to: account },
      el('composing', 'http://jabber.org/protocol/chatstates'),
    ),
  )
const writes = (account: BareJid, text: string) =>
  house.deliver(
    [account],
    stanza({ name: 'message', type: 'chat', from: romeo, to: account }, el('body', NS.client, {}, text)),
    text,
  )

const brief = (s: Stanza) =>
  s.name === 'presence'
    ? (s.type ?? textOf(payload(s, 'status', NS.client)))
    : bodyOf(s) || s.payloads[0]?.split('}')[1]

/** A client that is available, and that nobody looks at. */
async function idle(at: House, resource?: string): Promise<TestConnection> {
  const alice = await at.connect(await at.account(), resource)
  await alice.available()
  await alice.looked(false)
  return alice
}

test('XEP-0352 §5 a stream begins active: everything comes at once', async () => {
  const alice = await house.connect(await house.account())
  await alice.available()
  await comes(house, alice.account, romeo, 'one')
  assert.equal(brief(await alice.stanza()), 'one')
})

test('XEP-0352 §3.2 presence waits, the latest of each sender, and comes before what the client asks when it is active', async () => {
  const alice = await idle(house)
  await comes(house, alice.account, romeo, 'one')
  await comes(house, alice.account, nurse, 'two')
  await comes(house, alice.account, romeo, 'three')
  await comes(house, alice.account, nurse, '', 'unavailable')
  await alice.fence()
  assert.deepEqual(alice.inbox, [])
  await alice.looked(true)
  assert.deepEqual((await alice.all()).map(brief), ['three', 'unavailable'])
})

test('XEP-0352 §3.2 a message comes at once, after all that has waited', async () => {
  const alice = await idle(house)
  await comes(house, alice.account, romeo, 'here')
  await composes(alice.account)
  await writes(alice.account, 'hello')
  const came = [await alice.stanza(), await alice.stanza(), await alice.stanza()]
  assert.deepEqual(came.map(brief), ['here', 'composing', 'hello'])
  await comes(house, alice.account, romeo, 'waits again')
  await alice.fence()
  assert.deepEqual(alice.inbox, [])
})

test('XEP-0352 §5 an answer to what an idle client asks comes after all that has waited', async () => {
  const alice = await idle(house)
  await comes(house, alice.account, romeo, 'here')
  assert.deepEqual((await alice.all()).map(brief), ['here'])
})

test('XEP-0352 §3.2 a subscription does not wait', async () => {
  const alice = await idle(house)
  await house.deliver([alice.account], stanza({ name: 'presence', type: 'subscribe', from: romeo }))
  assert.equal((await alice.stanza()).type, 'subscribe')
})

test('XEP-0352 §3.2 no more waits than there is room for', async () => {
  const alice = await idle(house)
  const senders = Array.from({ length: 12 }, (_, i) => parseFullJid(`${'x'.repeat(20)}@montague.lit/${i}`))
  for (const from of senders) await comes(house, alice.account, from, 'y'.repeat(1000))
  const first = []
  while (first.length < 9) first.push((await alice.stanza()).from)
  assert.deepEqual(first, senders.slice(0, 9))
  await alice.looked(true)
  assert.equal((await alice.all()).length, 3)
})

test('XEP-0352 §6 the state of one client is not that of another', async () => {
  const account = await house.account()
  const [phone, laptop] = [await house.connect(account, 'phone'), await house.connect(account, 'laptop')]
  await phone.available()
  await laptop.available()
  await phone.looked(false)
  await comes(house, account, romeo, 'here')
  assert.equal(brief(await laptop.stanza()), 'here')
  await phone.fence()
  assert.deepEqual(phone.inbox, [])
})

test('XEP-0352 §5.1 what has waited is in the queue when the socket is lost, and who resumes is active', async () => {
  const alice = await idle(house, 'phone')
  const { id = '' } = await alice.enable()
  await comes(house, alice.account, romeo, 'one')
  await comes(house, alice.account, romeo, 'two')
  await alice.gone()
  await comes(house, alice.account, nurse, 'three')
  const again = house.connection(alice.account)
  again.resume(id, 0)
  await again.next('sm-resumed')
  assert.deepEqual([brief(await again.stanza()), brief(await again.stanza())], ['two', 'three'])
  await comes(house, alice.account, romeo, 'four')
  assert.equal(brief(await again.stanza()), 'four')
})

test('XEP-0352 §5.1 who resumes while the old socket is still there has what has waited', async () => {
  const alice = await idle(house, 'phone')
  const { id = '' } = await alice.enable()
  await comes(house, alice.account, romeo, 'one')
  const again = house.connection(alice.account)
  again.resume(id, 0)
  await again.next('sm-resumed')
  assert.equal(brief(await again.stanza()), 'one')
})

test('XEP-0352 §6 the state is told to nobody', async () => {
  const alice = await house.connect(await house.account())
  await alice.available()
  house.heard.length = 0
  await alice.looked(false)
  await alice.looked(true)
  assert.deepEqual(house.heard, [])
})

test('XEP-0352 where the operator lets nothing wait, nothing does', async () => {
  await using strict = await startHouse({ idleBytes: 0 })
  const alice = await idle(strict)
  await comes(strict, alice.account, romeo, 'here')
  assert.equal(brief(await alice.stanza()), 'here')
})

test('XEP-0352 §5 the next owner knows that nobody looks, and what has waited', async () => {
  await using apart = await startHouse({ apart: true })
  const alice = await passUntil(apart, idle(apart))
  await passUntil(apart, comes(apart, alice.account, romeo, 'one'))
  await passUntil(apart, comes(apart, alice.account, romeo, 'two'))
  await passUntil(apart, comes(apart, alice.account, nurse, 'three'))
  await apart.die()
  await passUntil(apart, comes(apart, alice.account, nurse, 'four'))
  await passUntil(apart, alice.fence())
  assert.deepEqual(alice.inbox, [])
  await passUntil(apart, alice.looked(true))
  assert.deepEqual((await passUntil(apart, alice.all())).map(brief), ['two', 'four'])
})
