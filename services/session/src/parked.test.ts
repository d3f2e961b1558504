// Slow: partitions that are handed over many times.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { stanza } from '@jabiru/stanza'
import { sayAlive } from '@jabiru/wire'
import { el } from '@jabiru/xml'
import { parseParked } from './parked-row.ts'
import type { TestConnection } from './testing/client.ts'
import { startHouse } from './testing/house.ts'
import { pass, passUntil } from './testing/time.ts'
import { onceTold, toldOf } from './testing/told.ts'

const house = await startHouse({ partitions: 2, apart: true, resumeMaxMs: 60_000 })
after(() => house[Symbol.asyncDispose]())

async function connect(resource?: string) {
  const connecting = house.connect(await house.account(), resource)
  const device = await passUntil(house, connecting)
  await device.available()
  return device
}

/** Two who are there; the second can be resumed. */
async function pair() {
  const [alice, bob] = [await connect(), await connect('phone')]
  await bob.all()
  const { id = '', outBase } = await bob.enable()
  return { alice, bob, id, outBase }
}

async function resumed(from: TestConnection, id: string, h: number) {
  const next = house.connection(from.account)
  next.resume(id, h)
  return { next, answer: await passUntil(house, next.next('sm-resumed')) }
}

/** When the sessions of the account that have no socket end, as their rows say. */
const endsOf = async ({ account }: TestConnection) => {
  const rows = await house.state.rowsOf(`session.${house.endpoint.partitionOf(account)}`, account)
  return rows.flatMap((row) => parseParked(row).until ?? [])
}

test('XEP-0198 §5 a session without a socket waits under a new owner, with what came meanwhile, once and in order', async () => {
  const { alice, bob, id, outBase } = await pair()
  await alice.message(bob.account, 'one')
  await bob.texts()
  await bob.gone()
  await alice.message(bob.account, 'two')
  await house.deliver([bob.account], stanza({ name: 'presence', from: alice.jid }))
  await alice.message(bob.account, 'three')
  await house.restart()
  const sent = alice.message(bob.account, 'four')
  await pass(house, 2_000)
  await sent
  const { next, answer } = await resumed(bob, id, 0)
  assert.deepEqual([answer.confirmed, answer.handled], [outBase, bob.out])
  const all = await next.all()
  assert.deepEqual(
    all.map((s) => s.name),
    ['message', 'iq', 'message', 'presence', 'message', 'message'],
  )
})

test('XEP-0198 §5 after the death of its owner a session is resumed by whoever has the id, with its carbons and its presence', async () => {
  const { alice, bob, id, outBase } = await pair()
  await bob.send(stanza({ name: 'iq', type: 'set', id: 'c' }, el('enable', 'urn:xmpp:carbons:2')))
  await alice.message(bob.account, 'one')
  await bob.texts()
  await bob.gone()
  await alice.message(bob.account, 'two')
  await house.die()
  const sent = alice.message(bob.account, 'three')
  await passUntil(house, sent)
  const { next, answer } = await resumed(bob, id, 0)
  assert.deepEqual([answer.confirmed, answer.handled], [outBase, bob.out])
  assert.deepEqual(await next.texts(), ['one', 'two', 'three'])
  const laptop = await house.connect(bob.account, 'laptop')
  await laptop.message(alice.account, 'copied')
  assert.equal((await next.stanza()).payloads[0], '{urn:xmpp:carbons:2}sent')
})

test('a session that nobody resumes is told of as unavailable by the owner that took it over', async () => {
  const { bob } = await pair()
  await bob.gone()
  await house.die()
  await pass(house, 15_000)
  const ended = () => toldOf(house, bob.jid).filter((told) => told.stanza.type === 'unavailable')
  assert.equal(ended().length, 0)
  await pass(house, 50_000)
  assert.equal(ended().length, 1)
  await house.restart()
  await pass(house, 2_000)
  assert.deepEqual(await endsOf(bob), [])
})

test('a session that was resumed or bound anew leaves nothing behind', async () => {
  const { bob, id } = await pair()
  await bob.gone()
  await pass(house, 250)
  assert.equal((await endsOf(bob)).length, 1)
  const { next } = await resumed(bob, id, 0)
  await pass(house, 250)
  assert.deepEqual(await endsOf(bob), [])
  await next.gone()
  await pass(house, 250)
  await house.connect(bob.account, 'phone')
  await pass(house, 250)
  assert.deepEqual(await endsOf(bob), [])
})

test('a session whose connection manager is only silent goes on there, under a new owner too, and misses nothing', async () => {
  const voice = sayAlive(house.bus, house.endpoint.self, house.clock)
  const { alice, bob } = await pair()
  await alice.enable()
  voice.close()
  await pass(house, 8_000)
  await alice.message(bob.account, 'while silent')
  await house.die()
  await pass(house, 15_000)
  assert.deepEqual(await bob.texts(), ['while silent'])
  await alice.message(bob.account, 'after')
  assert.deepEqual(await bob.texts(), ['after'])
})

test('RFC 6121 §4.6.3 a session without a socket has told whom it has told, under its next owner too', async () => {
  const { alice, bob } = await pair()
  await bob.send(stanza({ name: 'presence', to: alice.jid }))
  await bob.gone()
  await pass(house, 250)
  await house.die()
  house.heard.length = 0
  await passUntil(house, alice.all())
  const known = await onceTold(house, bob.jid)
  assert.deepEqual(
    known.map(({ directed }) => directed),
    [[alice.jid]],
  )
})
