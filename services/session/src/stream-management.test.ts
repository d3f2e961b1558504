// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { stanza } from '@jabiru/stanza'
import { el } from '@jabiru/xml'
import { bodyOf, type TestConnection } from './testing/client.ts'
import { startHouse } from './testing/house.ts'

const house = await startHouse({ partitions: 1, resumeMaxMs: 60_000, detachedBytes: 20_000 })
after(() => house[Symbol.asyncDispose]())

/** Two who are there; the second can be resumed. */
async function pair() {
  const alice = await house.connect(await house.account())
  const bob = await house.connect(await house.account(), 'phone')
  await alice.available()
  await bob.available()
  await bob.all()
  const { id = '', inBase, outBase } = await bob.enable()
  return { alice, bob, id, inBase, outBase }
}

async function resumed(from: TestConnection, id: string, h: number) {
  const next = house.connection(from.account)
  next.resume(id, h)
  return { next, answer: await next.next('sm-resumed') }
}

test('XEP-0198 §3 counting begins where <enable/> was sent and <enabled/> was', async () => {
  const bob = await house.connect(await house.account())
  await bob.available()
  await bob.all()
  const { promise, resolve } = Promise.withResolvers<void>()
  house.store.hold = { matching: /insert into archive/, until: promise }
  const sent = bob.message(undefined, 'waits')
  const enabled = bob.enable()
  const later = [bob.message(bob.account, 'one'), bob.message(bob.account, 'two')]
  await bob.fence()
  house.store.hold = undefined
  resolve()
  await Promise.all([sent, ...later])
  const { inBase } = await enabled
  assert.equal(bob.out - inBase, 2)
})

test('XEP-0198 §5 what was not confirmed comes again, under its numbers, after a resumption', async () => {
  const { alice, bob, id, outBase } = await pair()
  for (const text of ['one', 'two', 'three']) await alice.message(bob.account, text)
  const h = 1
  await bob.gone()
  await alice.message(bob.account, 'four')
  const { next, answer } = await resumed(bob, id, h)
  assert.equal(answer.confirmed - answer.outBase, h)
  assert.deepEqual(await next.texts(), ['two', 'three', 'four'])
  assert.equal(next.delivered - outBase, h + 4)
})

test('XEP-0198 §5 <resumed/> counts what is committed, and waits for what is not', async () => {
  const { bob, alice, id, inBase } = await pair()
  const { promise, resolve } = Promise.withResolvers<void>()
  house.store.hold = { matching: /insert into archive/, until: promise }
  const sent = bob.message(alice.account, 'hello')
  await bob.fence()
  await bob.gone()
  const next = house.connection(bob.account)
  next.resume(id, 0)
  await alice.fence()
  assert.deepEqual(next.inbox, [])
  house.store.hold = undefined
  resolve()
  const { handled } = await next.next('sm-resumed')
  await sent
  assert.equal(handled - inBase, 1)
})

test('XEP-0198 §5 of two attempts to resume the later one gets the session', async () => {
  const { alice, bob, id } = await pair()
  const { promise, resolve } = Promise.withResolvers<void>()
  house.store.hold = { matching: /insert into archive/, until: promise }
  const sent = bob.message(alice.account, 'hello')
  await bob.gone()
  const [first, second] = [house.connection(bob.account), house.connection(bob.account)]
  first.resume(id, 0)
  second.resume(id, 0)
  await alice.fence()
  house.store.hold = undefined
  resolve()
  await sent
  assert.equal((await first.next('close')).condition, 'conflict')
  await second.next('sm-resumed')
  await alice.message(bob.account, 'still there')
  assert.deepEqual(await second.texts(), ['still there'])
})

test('XEP-0198 §5 an older socket is closed, and what it still says is not the session’s', async () => {
  const { alice, bob, id } = await pair()
  const { next } = await resumed(bob, id, 0)
  assert.equal((await bob.next('close')).condition, 'conflict')
  await bob.message(alice.account, 'a ghost')
  await next.message(alice.account, 'me')
  assert.deepEqual(await alice.texts(), ['me'])
})

test('XEP-0198 §5 a session that nobody resumes ends, and a later attempt is told how far it got', async () => {
  const { alice, bob, id, inBase } = await pair()
  await bob.message(alice.account, 'last words')
  await bob.gone()
  house.clock.advance(60_000)
  const next = house.connection(bob.account)
  next.resume(id, 0)
  assert.deepEqual(await next.next('sm-failed'), {
    ...(await leaseOf(next)),
    k: 'sm-failed',
    conn: next.conn,
    condition: 'item-not-found',
    h: bob.out - inBase,
  })
})

test('XEP-0198 §5 <failed/> counts only what is committed', async () => {
  const { alice, bob, id } = await pair()
  const { promise, resolve } = Promise.withResolvers<void>()
  house.store.hold = { matching: /insert into archive/, until: promise }
  const sent = bob.message(alice.account, 'hello')
  await bob.gone(true)
  const next = house.connection(bob.account)
  next.resume(id, 0)
  await alice.fence()
  assert.deepEqual(next.inbox, [])
  house.store.hold = undefined
  resolve()
  await sent
  assert.equal((await next.next('sm-failed')).h, 1)
})

test('XEP-0198 §5 an id that nobody knows is not found, and nothing is told', async () => {
  const next = house.connection(await house.account())
  next.resume('no-such-id', 0)
  const { condition, h } = await next.next('sm-failed')
  assert.deepEqual([condition, h], ['item-not-found', undefined])
})

test('XEP-0198 §4 a client that confirms more than it was sent is told so', async () => {
  const { bob, id } = await pair()
  await bob.gone()
  const next = house.connection(bob.account)
  next.resume(id, 5)
  assert.equal((await next.next('close')).condition, 'undefined-condition')
})

test('a session that ends without management gives its unconfirmed messages to the next device', async () => {
  const alice = await house.connect(await house.account())
  const bob = await house.connect(await house.account())
  await bob.available()
  for (const text of ['one', 'two']) await alice.message(bob.account, text)
  await bob.texts()
  await bob.gone()
  const next = await house.connect(bob.account)
  await next.available()
  assert.deepEqual([bodyOf(await next.stanza()), bodyOf(await next.stanza())], ['one', 'two'])
  await next.confirm()
  const third = await house.connect(bob.account)
  await third.available()
  assert.deepEqual(await third.texts(), [])
})

test('a session for which too much waits ends, and its messages wait in the archive', async () => {
  const { alice, bob, id } = await pair()
  await bob.gone()
  const texts = Array.from({ length: 30 }, (_, i) => `${i} ${'x'.repeat(1000)}`)
  for (const text of texts) await alice.message(bob.account, text)
  const next = house.connection(bob.account)
  next.resume(id, 0)
  assert.equal((await next.next('sm-failed')).condition, 'item-not-found')
  await next.bind('phone')
  await next.available()
  const got: string[] = []
  while (got.length < texts.length) got.push(bodyOf(await next.stanza()))
  assert.deepEqual(got, texts)
})

test('what a session without a socket was given is not given to it twice', async () => {
  const { alice, bob, id, outBase } = await pair()
  const laptop = await house.connect(bob.account, 'laptop')
  await laptop.available()
  await laptop.all()
  await bob.all()
  const h = bob.delivered
  await bob.gone()
  for (const text of ['one', 'two']) await alice.message(bob.account, text)
  await laptop.texts()
  // The other device leaves without having confirmed anything.
  await laptop.gone()
  const { next, answer } = await resumed(bob, id, h - outBase)
  assert.equal(answer.confirmed, h)
  await alice.message(bob.account, 'three')
  assert.deepEqual(await next.texts(), ['one', 'two', 'three'])
})

test('XEP-0198 §8 a request that a session never answered is answered for it when it ends', async () => {
  const { alice, bob } = await pair()
  await bob.send(stanza({ name: 'presence', to: alice.jid }))
  await bob.gone()
  await alice.send(stanza({ name: 'iq', type: 'get', id: 'r', to: bob.jid }, el('query', 'jabber:iq:version')))
  house.clock.advance(60_000)
  const reply = await alice.stanza()
  assert.deepEqual([reply.id, reply.type, reply.from], ['r', 'error', bob.jid])
})

test('RFC 6120 §7 a session that waits for its client gives way when the client binds anew', async () => {
  const { bob } = await pair()
  await bob.gone()
  const next = await house.connect(bob.account, 'phone')
  assert.equal(next.jid, bob.jid)
  assert.notEqual(next.session?.gen, bob.session?.gen)
})

async function leaseOf(connection: TestConnection) {
  const part = house.endpoint.partitionOf(connection.account)
  const [row] = await house.store.database.query<{ token: number }>(
    `select token from lease where service = 'session' and part = $1`,
    [part],
  )
  return { part, token: row?.token ?? 0 }
}
