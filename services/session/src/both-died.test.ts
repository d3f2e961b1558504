// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Stanza, stanza } from '@jabiru/stanza'
import { el } from '@jabiru/xml'
import { parseParked } from './parked-row.ts'
import { bodyOf, type TestConnection } from './testing/client.ts'
import { startHouse } from './testing/house.ts'
import { pass, passUntil } from './testing/time.ts'
import { toldOf } from './testing/told.ts'

const house = await startHouse({ partitions: 2, apart: true, resumeMaxMs: 60_000 })
after(() => house[Symbol.asyncDispose]())

async function connect(resource?: string) {
  const device = await passUntil(house, house.connect(await house.account(), resource))
  await device.available()
  return device
}

/** Two who are there; the second can be resumed. */
async function pair() {
  const [alice, bob] = [await connect(), await connect('phone')]
  await bob.all()
  const { id = '', inBase, outBase } = await bob.enable()
  return { alice, bob, id, inBase, outBase }
}

/** The owner dies, and the connection managers of these. */
async function bothDie(...their: readonly TestConnection[]) {
  for (const one of their) one.vanish()
  await house.die()
}

async function resumed(from: TestConnection, id: string, h: number) {
  const next = house.connection(from.account)
  next.resume(id, h)
  return { next, answer: await passUntil(house, next.next('sm-resumed')) }
}

const set = (id: string, name: string, ns: string): Stanza => stanza({ name: 'iq', type: 'set', id }, el(name, ns))
const get = (id: string, name: string, ns: string): Stanza => stanza({ name: 'iq', type: 'get', id }, el(name, ns))

/** What presence has heard of the session: the type of each. */
const newsOf = ({ jid }: TestConnection) =>
  toldOf(house, jid).flatMap(({ known, stanza: said }) => (known === true ? [] : [said.type]))

test('XEP-0198 §5 a session whose owner and connection manager have died is resumed, and every stanza comes once', async () => {
  const { alice, bob, id, inBase, outBase } = await pair()
  await bob.message(alice.account, 'counted')
  for (const text of ['one', 'two']) await alice.message(bob.account, text)
  await house.deliver([bob.account], stanza({ name: 'presence', from: alice.jid }))
  assert.deepEqual((await bob.texts()).length, 2)
  await bothDie(bob)
  const sent = alice.message(bob.account, 'three')
  await passUntil(house, sent)
  const { next, answer } = await resumed(bob, id, 1)
  assert.deepEqual(
    [answer.handled - inBase, answer.confirmed - outBase, answer.inBase, answer.outBase],
    [bob.out - inBase, 1, inBase, outBase],
  )
  const all = await next.all()
  assert.deepEqual(
    all.map(({ name, id }) => (name === 'message' ? id : name)),
    ['two', 'presence', 'iq', 'three'],
  )
  await next.message(alice.account, 'back')
  assert.deepEqual(await alice.texts(), ['counted', 'back'])
})

test('XEP-0198 §5 a session is what it was: carbons, pushes of the roster and of the blocklist, priority and presence', async () => {
  const { alice, bob, id, outBase } = await pair()
  await bob.available(7)
  await bob.send(set('c', 'enable', 'urn:xmpp:carbons:2'))
  await bob.send(get('r', 'query', 'jabber:iq:roster'))
  await bob.send(get('b', 'blocklist', 'urn:xmpp:blocking'))
  await bob.all()
  await bothDie(bob)
  await passUntil(house, alice.all())
  const { next } = await resumed(bob, id, bob.delivered - outBase)
  const laptop = await house.connect(bob.account, 'laptop')
  await laptop.available(3)
  await laptop.message(alice.account, 'copied')
  const push = { contact: alice.account, subscription: 'none', was: 'none', item: '<item/>', ver: '1' } as const
  const part = house.endpoint.partitionOf(bob.account)
  await house.endpoint.send('session', part, { k: 'roster-changed', account: bob.account, ...push })
  await laptop.send(
    stanza(
      { name: 'iq', type: 'set', id: 'bl' },
      el('block', 'urn:xmpp:blocking', {}, el('item', 'urn:xmpp:blocking', { jid: 'x@localhost' })),
    ),
  )
  await alice.message(bob.account, 'to the higher one')
  const got = (await next.all()).flatMap(({ name, payloads: [first = ''] }) => (name === 'presence' ? [] : first))
  assert.deepEqual(
    got.toSorted((a, b) => a.localeCompare(b)),
    ['{jabber:client}body', '{jabber:iq:roster}query', '{urn:xmpp:blocking}block', '{urn:xmpp:carbons:2}sent'],
  )
})

test('XEP-0352 §5 what waited for somebody to look at the client comes with the resumption', async () => {
  const { alice, bob, id, outBase } = await pair()
  await bob.looked(false)
  await house.deliver([bob.account], stanza({ name: 'presence', from: alice.jid }))
  await bob.fence()
  const h = bob.delivered - outBase
  await bothDie(bob)
  await passUntil(house, alice.message(bob.account, 'text'))
  const { next } = await resumed(bob, id, h)
  const all = await next.all()
  assert.deepEqual(
    all.map(({ name }) => name),
    ['presence', 'message'],
  )
})

/** What its rows tell of as done and not counted. */
async function earlyOf(bob: TestConnection) {
  const rows = await house.state.rowsOf(`session.${house.endpoint.partitionOf(bob.account)}`, bob.account)
  return rows.map((row) => parseParked(row).early?.map(([n]) => n))
}

test('RFC 6120 §8.2.3 what is done and does not count yet is known to the next owner', async () => {
  const { bob } = await pair()
  const asleep = await house.account()
  const { promise, resolve } = Promise.withResolvers<void>()
  house.store.hold = { matching: /WITH known/, until: promise }
  const typing = el('composing', 'http://jabber.org/protocol/chatstates')
  const sent = bob.send(stanza({ name: 'message', type: 'chat', to: asleep }, typing))
  const pinged = bob.send(get('q', 'ping', 'urn:xmpp:ping'))
  assert.equal((await bob.stanza()).id, 'q')
  await pass(house, 250)
  assert.deepEqual(await earlyOf(bob), [[bob.out]])
  house.store.hold = undefined
  resolve()
  await Promise.all([sent, pinged])
  assert.deepEqual(await earlyOf(bob), [undefined])
})

test('RFC 6120 §8.2.3 what two owners before have done is not done again by the third', async () => {
  const { bob } = await pair()
  const asleep = await house.account()
  const { promise, resolve } = Promise.withResolvers<void>()
  house.store.hold = { matching: /WITH known/, of: asleep, until: promise }
  const sent = bob.message(asleep, 'hello')
  const pinged = bob.send(get('q', 'ping', 'urn:xmpp:ping'))
  assert.equal((await bob.stanza()).id, 'q')
  await pass(house, 250)
  await house.die()
  await pass(house, 20_000)
  assert.deepEqual(await earlyOf(bob), [[bob.out]])
  await house.die()
  house.store.hold = undefined
  resolve()
  await passUntil(house, Promise.all([sent, pinged]))
  assert.deepEqual(
    (await bob.all()).map(({ id }) => id),
    [],
  )
})

test('XEP-0198 §5 a client that was given more than its owner could write begins anew, is told the count, and has all messages', async () => {
  const { alice, bob, id, inBase, outBase } = await pair()
  await bob.message(alice.account, 'counted')
  await alice.message(bob.account, 'one')
  await bob.texts()
  await bothDie(bob)
  await passUntil(house, alice.message(bob.account, 'two'))
  const next = house.connection(bob.account)
  // One more than was written; by now another stanza has that number.
  next.resume(id, bob.delivered - outBase + 1)
  const { condition, h } = await passUntil(house, next.next('sm-failed'))
  assert.deepEqual([condition, h], ['item-not-found', bob.out - inBase])
  await next.bind('phone')
  await next.available()
  assert.deepEqual([bodyOf(await next.stanza()), bodyOf(await next.stanza())], ['one', 'two'])
})

test('XEP-0198 §5 after both have died once more the session is still there', async () => {
  const { alice, bob, id } = await pair()
  await alice.message(bob.account, 'one')
  await bob.all()
  const h = bob.delivered
  await bothDie(bob)
  await passUntil(house, alice.message(bob.account, 'two'))
  await house.die()
  await passUntil(house, alice.message(bob.account, 'three'))
  const { next } = await resumed(bob, id, 1)
  assert.ok(h > 1)
  assert.deepEqual(await next.texts(), ['two', 'three'])
})

test('RFC 6121 §4.5.2 who could not be resumed is unavailable five seconds after both have died, and not while one has', async () => {
  const [alice, bob] = [await connect(), await connect()]
  await house.die()
  await pass(house, 20_000)
  assert.deepEqual([newsOf(alice), newsOf(bob)], [[undefined], [undefined]])
  await bothDie(bob)
  await passUntil(house, alice.all())
  await pass(house, 4_000)
  assert.deepEqual(newsOf(bob), [undefined])
  await pass(house, 2_000)
  assert.deepEqual([newsOf(alice), newsOf(bob)], [[undefined], [undefined, 'unavailable']])
})

test('RFC 6121 §4.5.2 who could be resumed and does not come is unavailable when its time is over', async () => {
  const { alice, bob, id } = await pair()
  await bothDie(bob)
  await passUntil(house, alice.all())
  await pass(house, 55_000)
  assert.deepEqual(newsOf(bob), [undefined])
  await pass(house, 10_000)
  assert.deepEqual(newsOf(bob), [undefined, 'unavailable'])
  const next = house.connection(bob.account)
  next.resume(id, 0)
  assert.equal((await next.next('sm-failed')).h, 0)
})

test('XEP-0198 §5 who comes too late is told the count by the next owner, too, and when the account has slept', async () => {
  const { alice, bob, id, inBase } = await pair()
  await bob.message(alice.account, 'counted')
  await bob.gone()
  await pass(house, 61_000)
  const told = async (from: TestConnection) => {
    const next = house.connection(from.account)
    next.resume(id, 0)
    const { condition, h } = await passUntil(house, next.next('sm-failed'))
    return [condition, h]
  }
  const expected = ['item-not-found', bob.out - inBase]
  assert.deepEqual(await told(bob), expected)
  await house.die()
  assert.deepEqual(await told(bob), expected)
  await pass(house, 120_000)
  assert.deepEqual(await told(bob), expected)
  assert.deepEqual(await told(alice), ['item-not-found', undefined])
})

test('a session that has ended is not found by a later owner, whoever has died', async () => {
  const { alice, bob, id } = await pair()
  await bob.gone(true)
  await pass(house, 250)
  await bothDie()
  await passUntil(house, alice.all())
  const next = house.connection(bob.account)
  next.resume(id, 0)
  assert.equal((await passUntil(house, next.next('sm-failed'))).condition, 'item-not-found')
})

test('XEP-0198 §5 a resumption that waits for a commit when its owner dies is answered by the next owner', async () => {
  const [alice, bob] = [await connect(), await connect()]
  const { id = '' } = await alice.enable()
  await bob.all()
  const { promise, resolve } = Promise.withResolvers<void>()
  house.store.hold = { matching: /insert into archive/i, until: promise, answerOnly: false }
  const sent = alice.message(bob.account, 'once')
  const next = house.connection(alice.account)
  next.resume(id, 0)
  await pass(house, 500)
  assert.deepEqual(next.inbox, [])
  house.store.hold = undefined
  await house.die()
  await passUntil(house, sent)
  assert.equal((await passUntil(house, next.next('sm-resumed'))).handled, alice.out)
  resolve()
  assert.deepEqual(await bob.texts(), ['once'])
})
