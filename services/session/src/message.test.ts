// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { parseCarbon, stanzaIdsOf } from '@jabiru/protocol'
import { errorOf, NS, stanza } from '@jabiru/stanza'
import { SqlError, StoreUnavailable } from '@jabiru/store'
import { el } from '@jabiru/xml'
import { bodyOf, type TestConnection } from './testing/client.ts'
import { startHouse } from './testing/house.ts'

const house = await startHouse({ partitions: 1 })
after(() => house[Symbol.asyncDispose]())

test('RFC 6120 §10.3.1 a message to oneself comes, and counts as handled', async () => {
  const alice = await house.connect(await house.account())
  await alice.available()
  await alice.message(alice.account, 'note')
  assert.deepEqual(await alice.texts(), ['note'])
})

test('two who write to each other at the same moment do not wait for each other', async () => {
  const alice = await house.connect(await house.account())
  const bob = await house.connect(await house.account())
  await Promise.all([alice.available(), bob.available()])
  const sent = [1, 2, 3].flatMap((i) => [alice.message(bob.account, `a${i}`), bob.message(alice.account, `b${i}`)])
  await Promise.all(sent)
  assert.deepEqual(await alice.texts(), ['b1', 'b2', 'b3'])
  assert.deepEqual(await bob.texts(), ['a1', 'a2', 'a3'])
})

test('XEP-0198 §4 a stanza that waits for nothing is not counted before one that waits for its commit', async () => {
  const alice = await house.connect(await house.account())
  const bob = await house.account()
  const { promise, resolve } = Promise.withResolvers<void>()
  house.store.hold = { matching: /insert into archive/, until: promise }
  const order: string[] = []
  const composing = stanza(
    { name: 'message', type: 'chat', to: bob },
    el('composing', 'http://jabber.org/protocol/chatstates'),
  )
  const sent = [
    alice.message(bob, 'hello').then(() => order.push('hello')),
    alice.send(composing).then(() => order.push('composing')),
  ]
  await alice.fence()
  assert.deepEqual(order, [])
  house.store.hold = undefined
  resolve()
  await Promise.all(sent)
  assert.deepEqual(order, ['hello', 'composing'])
})

for (const [sqlstate, condition] of [
  ['22021', 'not-acceptable'],
  ['42501', 'internal-server-error'],
] as const) {
  test(`a message whose row the database refuses with ${sqlstate} is answered with ${condition}, and counts`, async () => {
    const alice = await house.connect(await house.account())
    const bob = await house.connect(await house.account())
    await bob.available()
    house.store.refuse = { matching: /insert into archive/, fault: new SqlError({ message: 'no', sqlstate }) }
    await alice.message(bob.account, 'hello')
    house.store.refuse = undefined
    const [reply, ...more] = await alice.all()
    assert.ok(reply)
    assert.equal(errorOf(reply)?.condition, condition)
    assert.equal(more.length, 0)
    assert.deepEqual(await bob.texts(), [])
    assert.ok(house.faults.splice(0).length > 0)
  })
}

test('a recipient who cannot be read does not keep the others of an envelope from theirs, and the sender is told', async () => {
  const [asleep, bob] = [await house.account(), await house.connect(await house.account())]
  await bob.available()
  const alice = await house.connect(await house.account())
  const s = stanza({ name: 'message', type: 'chat', from: alice.jid, id: 'm' }, el('body', NS.client, {}, 'all'))
  house.store.refuse = { matching: /FROM account/, fault: new SqlError({ message: 'no', sqlstate: '42501' }) }
  await house.deliver([asleep, bob.account], s, 'admitted')
  house.store.refuse = undefined
  assert.deepEqual(await bob.texts(), ['all'])
  assert.deepEqual(
    (await alice.all()).map((reply) => [reply.id, errorOf(reply)?.condition]),
    [['m', 'internal-server-error']],
  )
  assert.equal(house.faults.splice(0).length, 1)
})

test('RFC 6121 §8.5.1 messages to nobody are answered one by one', async () => {
  const alice = await house.connect(await house.account())
  const nobody = parseBareJid('nobody@localhost')
  await Promise.all([alice.message(nobody, 'one'), alice.message(nobody, 'two')])
  const replies = await alice.all()
  assert.deepEqual(
    replies.map((s) => [s.id, errorOf(s)?.condition]),
    [
      ['one', 'service-unavailable'],
      ['two', 'service-unavailable'],
    ],
  )
})

test('a message to a sleeping account counts only when the store is back and has it', async () => {
  const alice = await house.connect(await house.account())
  const bob = await house.account()
  house.store.refuse = { matching: /FROM account/, fault: new StoreUnavailable('away') }
  let counted = false
  const sent = alice.message(bob, 'late').then(() => (counted = true))
  // Until it has been asked in vain.
  while (house.faults.length === 0) await alice.fence()
  assert.equal(counted, false)
  house.store.refuse = undefined
  house.clock.advance(1_000)
  await sent
  house.faults.splice(0)
  const phone = await house.connect(bob)
  await phone.available()
  assert.equal(bodyOf(await phone.stanza()), 'late')
})

const enableCarbons = (device: TestConnection) =>
  device.send(stanza({ name: 'iq', type: 'set', id: 'carbons' }, el('enable', 'urn:xmpp:carbons:2')))

/** Carbons and messages that came, by direction and text. */
async function heard(device: TestConnection): Promise<readonly string[]> {
  return (await device.all())
    .filter((s) => s.name === 'message')
    .map((s) => {
      const carbon = parseCarbon(s)
      return carbon ? `${carbon.direction} ${bodyOf(carbon.stanza)}` : bodyOf(s)
    })
}

/** Three devices of one account, all with carbons; the last has a negative priority. */
async function devices() {
  const account = await house.account()
  const [phone, laptop, tablet] = [
    await house.connect(account),
    await house.connect(account),
    await house.connect(account),
  ]
  for (const device of [phone, laptop, tablet]) await enableCarbons(device)
  await phone.available()
  await laptop.available()
  await tablet.available(-1)
  for (const device of [phone, laptop, tablet]) await device.all()
  return { account, phone, laptop, tablet }
}

test('XEP-0280 §8 what one device sends the others see, and itself does not', async () => {
  const { phone, laptop, tablet } = await devices()
  await phone.message(await house.account(), 'hello')
  assert.deepEqual(await heard(phone), [])
  assert.deepEqual(await heard(laptop), ['sent hello'])
  assert.deepEqual(await heard(tablet), ['sent hello'])
})

test('XEP-0280 §7 who was not given a message is given a copy, and nobody both', async () => {
  const { account, phone, laptop, tablet } = await devices()
  const bob = await house.connect(await house.account())
  await bob.message(account, 'to all')
  await bob.message(laptop.jid, 'to one')
  assert.deepEqual(await heard(phone), ['to all', 'received to one'])
  assert.deepEqual(await heard(laptop), ['to all', 'to one'])
  assert.deepEqual(await heard(tablet), ['received to all', 'received to one'])
})

test('XEP-0280 §7 what one sends to oneself each device sees once', async () => {
  const { account, phone, laptop, tablet } = await devices()
  await phone.message(account, 'note')
  await phone.message(laptop.jid, 'look')
  assert.deepEqual(await heard(phone), ['note'])
  assert.deepEqual(await heard(laptop), ['note', 'look'])
  assert.deepEqual(await heard(tablet), ['received note', 'received look'])
})

for (const [kind, ...more] of [['stored'], ['not stored', el('no-store', 'urn:xmpp:hints')]] as const) {
  test(`XEP-0359 §5 nobody but the server gives ids for an account: a message that is ${kind}`, async () => {
    const alice = await house.connect(await house.account())
    const bob = await house.connect(await house.account())
    await bob.available()
    await bob.all()
    const forged = [bob.account, 'localhost', alice.account].map((by) =>
      el('stanza-id', 'urn:xmpp:sid:0', { id: 'forged', by }),
    )
    const room = el('stanza-id', 'urn:xmpp:sid:0', { id: 'fine', by: 'room@elsewhere.lit' })
    await alice.message(bob.account, 'hello', ...forged, room, ...more)
    const ids = stanzaIdsOf(await bob.stanza())
    assert.ok(ids.every(({ id }) => id !== 'forged'))
    assert.ok(ids.some(({ id }) => id === 'fine'))
    assert.equal(
      ids.some(({ by }) => by === bob.account),
      kind === 'stored',
    )
  })
}

test('a message that is sent on again under the same id is delivered once', async () => {
  const bob = await house.connect(await house.account())
  await bob.available()
  const alice = parseFullJid('alice@localhost/x')
  const s = stanza(
    { name: 'message', type: 'chat', from: alice, to: bob.account, id: 'm' },
    el('body', NS.client, {}, 'once'),
  )
  await Promise.all([house.deliver([bob.account], s, 'same'), house.deliver([bob.account], s, 'same')])
  await house.deliver([bob.account], s, 'same')
  assert.deepEqual(await bob.texts(), ['once'])
})

test('messages with the same id of their own are different messages', async () => {
  const alice = await house.connect(await house.account())
  const bob = await house.connect(await house.account())
  await bob.available()
  await Promise.all([alice.message(bob.account, 'twice'), alice.message(bob.account, 'twice')])
  assert.deepEqual(await bob.texts(), ['twice', 'twice'])
})

test('messages of one sender come in the order in which they were sent, whether or not they are stored', async () => {
  const alice = await house.connect(await house.account())
  const bob = await house.connect(await house.account())
  await bob.available()
  const texts = Array.from({ length: 50 }, (_, i) => String(i))
  const noStore = el('no-store', 'urn:xmpp:hints')
  await Promise.all(texts.map((text, i) => alice.message(bob.account, text, ...(i % 3 === 0 ? [noStore] : []))))
  assert.deepEqual(await bob.texts(), texts)
})

test('XEP-0334 §4.1 what is only held is gone when it is confirmed, and comes again until then', async () => {
  const alice = await house.connect(await house.account())
  const bob = await house.account()
  await alice.message(bob, 'held', el('no-permanent-store', 'urn:xmpp:hints'))
  const rows = async () => {
    const found = await house.store.database.query(`select stanza from archive where owner = $1`, [bob])
    return found.length
  }
  assert.equal(await rows(), 1)
  const phone = await house.connect(bob)
  await phone.available()
  assert.equal(bodyOf(await phone.stanza()), 'held')
  await phone.gone(true)
  const laptop = await house.connect(bob)
  await laptop.available()
  assert.equal(bodyOf(await laptop.stanza()), 'held')
  await laptop.confirm()
  // The deletion goes through the same worker, one statement after another.
  assert.equal(await rows(), 0)
})

test('what was acknowledged is there after the process has died and another has begun', async () => {
  const alice = await house.connect(await house.account())
  const bob = await house.connect(await house.account())
  await bob.available()
  await alice.message(bob.account, 'read')
  await bob.texts()
  await bob.confirm()
  await alice.message(bob.account, 'unread')
  await house.restart()
  const next = await house.connect(bob.account)
  await next.available()
  assert.equal(bodyOf(await next.stanza()), 'unread')
  assert.deepEqual(await next.texts(), [])
})
