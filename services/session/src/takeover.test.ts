// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { BareJid } from '@jabiru/jid'
import { renderOriginId } from '@jabiru/protocol'
import { NS, stanza } from '@jabiru/stanza'
import { sayAlive } from '@jabiru/wire'
import { el } from '@jabiru/xml'
import { bodyOf } from './testing/client.ts'
import { startHouse } from './testing/house.ts'
import { pass, passUntil } from './testing/time.ts'
import { onceTold } from './testing/told.ts'

const house = await startHouse({ partitions: 2, apart: true })
after(() => house[Symbol.asyncDispose]())

/** A device with its session, while a new owner may be waiting for introductions. */
async function connect(account?: Parameters<typeof house.connect>[0], resource?: string) {
  const connecting = house.connect(account ?? (await house.account()), resource)
  const device = await passUntil(house, connecting)
  await device.available()
  return device
}

test('a session goes on under a new owner, with its numbers and what its client has not confirmed', async () => {
  const [alice, bob] = [await connect(), await connect()]
  const { id = '', outBase } = await bob.enable()
  await alice.message(bob.account, 'one')
  assert.deepEqual(await bob.texts(), ['one'])
  await house.restart()
  const sent = alice.message(bob.account, 'two')
  await pass(house, 2_000)
  await sent
  assert.deepEqual(await bob.texts(), ['two'])
  const next = house.connection(bob.account)
  next.resume(id, 0)
  const { confirmed } = await next.next('sm-resumed')
  assert.equal(confirmed, outBase)
  assert.deepEqual(await next.texts(), ['one', 'two'])
})

test('what the owner before had committed and given to nobody comes from the new one, also to who is still waking', async () => {
  const [alice, bob] = [await connect(), await connect()]
  await bob.texts()
  await house.store.database.query(
    `insert into archive (owner, position, id, peer, outgoing, at, type, archived, offline, stanza)
     values ($1, 1, 'x', $2, false, now(), 'chat', true, true, '<message type="chat"><body>kept</body></message>')`,
    [bob.account, alice.account],
  )
  const { promise, resolve } = Promise.withResolvers<void>()
  house.store.hold = { matching: /FROM account/, until: promise }
  await house.restart()
  await pass(house, 3_000)
  house.store.hold = undefined
  resolve()
  assert.equal(bodyOf(await bob.stanza()), 'kept')
})

test('a connection manager that was silent for a while and is back gets what its sessions were given', async () => {
  const voice = sayAlive(house.bus, house.endpoint.self, house.clock)
  const [alice, bob] = [await connect(), await connect()]
  await alice.enable()
  await bob.enable()
  await bob.all()
  voice.close()
  await pass(house, 8_000)
  await alice.message(bob.account, 'while silent')
  const again = sayAlive(house.bus, house.endpoint.self, house.clock)
  await pass(house, 1_000)
  assert.deepEqual(await bob.texts(), ['while silent'])
  again.close()
})

test('a stanza of a session that nobody knows closes its connection before it counts', async () => {
  const alice = await connect()
  await alice.gone(true)
  await alice.message(alice.account, 'lost')
  assert.equal((await alice.next('close')).condition, 'reset')
})

test('a stanza of a session that nobody knows does not count while its connection has not heard that it ends', async () => {
  const alice = await connect()
  await alice.gone(true)
  const { promise, resolve } = Promise.withResolvers<void>()
  house.hearing = promise
  let counted = false
  const sent = alice.message(alice.account, 'lost').then(() => (counted = true))
  await pass(house, 1_000)
  assert.equal(counted, false)
  house.hearing = undefined
  resolve()
  await passUntil(house, sent)
  assert.equal((await alice.next('close')).condition, 'reset')
})

test('what the client of a session that nobody knows has is not stored, and not given to it again by an owner who knows it', async () => {
  const [alice, account] = [await connect(), await house.account()]
  await alice.message(account, 'kept')
  const bob = await passUntil(house, house.connect(account, 'phone'))
  await bob.enable()
  await bob.available()
  assert.equal(bodyOf(await bob.stanza()), 'kept')
  const part = house.endpoint.partitionOf(account)
  const { session } = bob
  assert.ok(session)
  await house.endpoint.send('session', part, { k: 'gone', account, session, closed: true })
  const { promise, resolve } = Promise.withResolvers<void>()
  house.hearing = promise
  let stored = false
  const confirmed = bob.confirm().then(() => (stored = true))
  await pass(house, 1_000)
  assert.equal(stored, false)
  await house.die()
  house.hearing = undefined
  resolve()
  await passUntil(house, confirmed)
  assert.equal((await bob.next('close')).condition, 'reset')
  assert.deepEqual(await bob.texts(), [])
})

test('after the death of its owner a session is what it was: carbons, roster pushes, presence and priority', async () => {
  const [alice, bob] = [await connect(), await connect(undefined, 'phone')]
  await bob.enable()
  await bob.send(stanza({ name: 'iq', type: 'set', id: 'c' }, el('enable', 'urn:xmpp:carbons:2')))
  await bob.send(stanza({ name: 'iq', type: 'get', id: 'r' }, el('query', NS.roster)))
  const shy = await connect(bob.account, 'shy')
  await shy.available(-1)
  await Promise.all([bob.all(), shy.all()])
  await house.die()
  await passUntil(house, alice.message(bob.account, 'to the bare address'))
  assert.deepEqual([await bob.texts(), await shy.texts()], [['to the bare address'], []])
  await alice.message(shy.jid, 'to the other resource')
  assert.deepEqual(
    (await bob.all()).map(({ payloads }) => payloads[0]),
    ['{urn:xmpp:carbons:2}received'],
  )
  const item = { contact: alice.account, subscription: 'both', was: 'none', item: '<item/>', ver: '1' } as const
  const part = house.endpoint.partitionOf(bob.account)
  await house.endpoint.send('session', part, { k: 'roster-changed', account: bob.account, ...item })
  assert.deepEqual(
    (await bob.all()).map(({ id }) => id),
    ['push-1'],
  )
})

for (const [what, how, answerOnly] of [
  ['that was written while its owner died is not written again', 'killed', true],
  ['that an owner who stood still writes too late is refused, and written by the next one', 'stalled', false],
] as const) {
  test(`a message ${what}: it keeps its id, comes once and counts`, async () => {
    const [alice, bob] = [await connect(), await connect()]
    const { id = '' } = await alice.enable()
    await bob.all()
    const { promise, resolve } = Promise.withResolvers<void>()
    house.store.hold = { matching: /insert into archive/i, until: promise, answerOnly }
    const sent = alice.message(bob.account, 'once')
    await pass(house, 500)
    const before = await archiveOf(alice.account)
    assert.equal(before.length, answerOnly ? 1 : 0)
    house.store.hold = undefined
    await house.die(how)
    if (answerOnly) await passUntil(house, sent)
    else {
      // The next owner has the partition before what the old one had asked for is done.
      await pass(house, 15_000)
      await sent
    }
    resolve()
    await pass(house, 500)
    const rows = await archiveOf(bob.account)
    assert.equal(rows.length, 1)
    assert.deepEqual(rows.slice(0, before.length), before)
    assert.deepEqual(await archiveOf(alice.account), rows)
    assert.deepEqual(await bob.texts(), ['once'])
    const next = house.connection(alice.account)
    next.resume(id, 0)
    assert.equal((await next.next('sm-resumed')).handled, alice.out)
  })
}

test('XEP-0359 §2.2 what comes behind a fresh login is the same message for the owner after that one, too', async () => {
  const alice = await connect(undefined, 'phone')
  await alice.enable()
  await alice.all()
  await house.die()
  const next = house.connection(alice.account)
  // What the one before has sent is taken in before the login, and arrives behind it.
  const note = (from: typeof alice) => from.message(alice.account, 'note', renderOriginId('o1'))
  await passUntil(house, Promise.all([note(alice), next.bind('phone')]))
  const before = await archiveOf(alice.account)
  assert.equal(before.length, 1)
  alice.vanish()
  await house.die()
  await passUntil(house, note(next))
  assert.deepEqual(await archiveOf(alice.account), before)
})

test('RFC 6120 §7 a bind that a new owner hears again gets the session that there is', async () => {
  const bob = await connect(undefined, 'phone')
  const { session } = bob
  await house.die()
  bob.ask({ resource: 'phone' })
  const bound = await passUntil(house, bob.next('bound'))
  assert.deepEqual(bound.session, session)
})

test('XEP-0198 §5 a session whose connection manager is silent is resumed elsewhere, and the old connection is closed', async () => {
  const voice = sayAlive(house.bus, house.endpoint.self, house.clock)
  const [alice, bob] = [await connect(), await connect()]
  await alice.enable()
  const { id = '' } = await bob.enable()
  await bob.all()
  voice.close()
  await pass(house, 8_000)
  await alice.message(bob.account, 'while silent')
  const next = house.connection(bob.account)
  next.resume(id, 0)
  await next.next('sm-resumed')
  assert.equal((await bob.next('close')).condition, 'conflict')
  assert.deepEqual((await next.texts()).slice(-1), ['while silent'])
})

const archiveOf = (owner: BareJid) =>
  house.store.database.query<{ id: string }>('SELECT id FROM archive WHERE owner = $1', [owner])

for (const [what, available] of [
  ['that is available', true],
  ['that was never available', false],
] as const) {
  test(`RFC 6121 §4.6.3 after the death of both owners presence knows whom a session ${what} has told`, async () => {
    const alice = await connect()
    const bob = await passUntil(house, house.connect(await house.account()))
    if (available) await bob.available()
    await bob.send(stanza({ name: 'presence', to: alice.jid }))
    await bob.send(stanza({ name: 'presence', to: alice.account }))
    await bob.send(stanza({ name: 'presence', type: 'unavailable', to: alice.account }))
    await house.die()
    house.heard.length = 0
    await passUntil(house, Promise.all([alice.all(), bob.all()]))
    const told = await onceTold(house, bob.jid)
    // It may be told twice, which changes nothing: when presence is found, and when the session is.
    for (const { stanza: said, known, directed } of told)
      assert.deepEqual([said.type, known, directed], [available ? undefined : 'unavailable', true, [alice.jid]])
    // Whom it has told may ask it, as before.
    await alice.send(stanza({ name: 'iq', type: 'get', id: 'q', to: bob.jid }, el('ping', 'urn:xmpp:ping')))
    assert.deepEqual(
      (await bob.all()).map(({ id }) => id),
      ['q'],
    )
  })
}
