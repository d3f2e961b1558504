// Longer than 250 lines: every promise of a lane beside the others, on one harness.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bus, createInProcessBus } from '@jabiru/bus'
import { parseBareJid } from '@jabiru/jid'
import { stanzaOf } from '@jabiru/stanza'
import { createEndpoint, type Endpoint } from './endpoint.ts'
import type { LaneEnvelope } from './envelope.ts'
import { NotOwner } from './inlet.ts'
import { fastClock, lossy, randomFrom } from './testing.ts'

const juliet = parseBareJid('juliet@capulet.lit')
const message = (id: number): LaneEnvelope => ({
  k: 'in',
  accounts: [juliet],
  stanza: stanzaOf({ name: 'message', id: String(id) }, [], ''),
})
const idOf = (envelope: LaneEnvelope) => ('stanza' in envelope ? Number(envelope.stanza.id) : Number.NaN)

const endpointOn = (bus: Bus, id: string, onFault: (fault: unknown) => void = assert.ifError): Endpoint =>
  createEndpoint({ bus, self: { id, epoch: 1 }, partitions: 4, clock: fastClock(), onFault })

const SEED = Number(process.env['JABIRU_TEST_SEED'] ?? 1)

for (let seed = SEED; seed < SEED + 20; seed++) {
  test(`a lane over a bus that drops, doubles and reorders loses nothing, doubles nothing, keeps order (seed ${seed})`, async () => {
    const bus = createInProcessBus()
    const random = randomFrom(seed)
    const bad = lossy(bus, random)
    const sender = endpointOn(bad, 'sender')
    const owner = endpointOn(bad, 'owner')
    const got: number[] = []
    owner.serve('session', 2, 7, (envelope) => {
      got.push(idOf(envelope))
      // Some are durable at once, others later and out of order.
      return random() < 0.5 ? undefined : new Promise((resolve) => void setImmediate(resolve))
    })
    const announced = owner.announce('session', () => [[2, 7]])
    const ids = Array.from({ length: 200 }, (_, i) => i)
    await Promise.all(ids.map((id) => sender.send('session', 2, message(id))))
    assert.deepEqual(got, ids)
    assert.equal(sender.backlog('session', 2), 0)
    announced.close()
    sender.close()
    owner.close()
  })
}

test('what an owner has not committed goes to the next owner, from the oldest, in order', async () => {
  const bus = createInProcessBus()
  const sender = endpointOn(bus, 'sender')
  const first = endpointOn(bus, 'first')
  const second = endpointOn(bus, 'second')
  const taken = Promise.withResolvers<void>()
  first.announce('session', () => [[0, 7]])
  const lane = first.serve('session', 0, 7, (envelope) => {
    if (idOf(envelope) === 1) return undefined
    if (idOf(envelope) === 4) taken.resolve()
    return new Promise(() => {})
  })
  const sent = [1, 2, 3, 4].map((id) => sender.send('session', 0, message(id)))
  await Promise.all([sent[0], taken.promise])
  lane.close()
  const got: number[] = []
  second.serve('session', 0, 8, (envelope) => {
    got.push(idOf(envelope))
  })
  second.announce('session', () => [[0, 8]])
  await Promise.all(sent)
  assert.deepEqual(got, [2, 3, 4])
  for (const one of [sender, first, second]) one.close()
})

test('an envelope may wait for one that its handler sends down the same lane', async () => {
  const bus = createInProcessBus()
  const owner = endpointOn(bus, 'owner')
  const got: number[] = []
  owner.serve('session', 0, 7, (envelope) => {
    got.push(idOf(envelope))
    return idOf(envelope) < 4 ? owner.send('session', 0, message(idOf(envelope) + 1)) : undefined
  })
  owner.announce('session', () => [[0, 7]])
  await owner.send('session', 0, message(1))
  assert.deepEqual(got, [1, 2, 3, 4])
  assert.equal(owner.backlog('session', 0), 0)
  owner.close()
})

test('what is committed out of order is not sent to the next owner', async () => {
  const bus = createInProcessBus()
  const sender = endpointOn(bus, 'sender')
  const first = endpointOn(bus, 'first')
  const second = endpointOn(bus, 'second')
  first.announce('session', () => [[0, 7]])
  const lane = first.serve('session', 0, 7, (envelope) => {
    return idOf(envelope) === 1 ? new Promise(() => {}) : undefined
  })
  const [one, two, three] = [1, 2, 3].map((id) => sender.send('session', 0, message(id)))
  await Promise.all([two, three])
  lane.close()
  const got: number[] = []
  second.serve('session', 0, 8, (envelope) => {
    got.push(idOf(envelope))
  })
  second.announce('session', () => [[0, 8]])
  await Promise.all([one, sender.send('session', 0, message(4))])
  assert.deepEqual(got, [1, 4])
  for (const each of [sender, first, second]) each.close()
})

test('what was begun before a hand-over is acknowledged then, and not done again by the next owner', async () => {
  const bus = createInProcessBus()
  const sender = endpointOn(bus, 'sender')
  const first = endpointOn(bus, 'first')
  const second = endpointOn(bus, 'second')
  const begun = Promise.withResolvers<undefined>()
  const done = Promise.withResolvers<undefined>()
  first.announce('session', () => [[0, 7]])
  const lane = first.serve('session', 0, 7, async () => {
    begun.resolve(undefined)
    await done.promise
  })
  const one = sender.send('session', 0, message(1))
  await begun.promise
  const drained = lane.drain()
  const two = sender.send('session', 0, message(2))
  done.resolve(undefined)
  await drained
  lane.close()
  const got: number[] = []
  second.serve('session', 0, 8, (envelope) => void got.push(idOf(envelope)))
  second.announce('session', () => [[0, 8]])
  await Promise.all([one, two])
  assert.deepEqual(got, [2])
  for (const each of [sender, first, second]) each.close()
})

test('what comes while a lease is not renewed in time is handled, in order, once it is', async () => {
  const bus = createInProcessBus()
  const sender = endpointOn(bus, 'sender')
  const owner = endpointOn(bus, 'owner')
  const got: number[] = []
  let refused = 0
  owner.serve('session', 0, 7, (envelope) => {
    if (idOf(envelope) === 2 && refused++ < 2) throw new NotOwner('too late')
    got.push(idOf(envelope))
  })
  owner.announce('session', () => [[0, 7]])
  await Promise.all([1, 2, 3, 4].map((id) => sender.send('session', 0, message(id))))
  assert.deepEqual(got, [1, 2, 3, 4])
  for (const each of [sender, owner]) each.close()
})

test('a handler that is not the owner any more leaves the envelope unacknowledged; one that fails does not', async () => {
  const bus = createInProcessBus()
  const faults: unknown[] = []
  const sender = endpointOn(bus, 'sender')
  const owner = endpointOn(bus, 'owner', (fault) => faults.push(fault))
  owner.announce('session', () => [[0, 7]])
  let mine = true
  owner.serve('session', 0, 7, (envelope) => {
    if (idOf(envelope) === 1) throw new Error('a bug')
    if (!mine) throw new NotOwner('gone')
  })
  await sender.send('session', 0, message(1))
  assert.deepEqual(faults.map(String), ['Error: a bug'])
  mine = false
  let settled = false
  void sender.send('session', 0, message(2)).then(() => (settled = true))
  // Fenced by another lane of the same owner, which comes after it.
  owner.serve('roster', 0, 7, () => {})
  owner.announce('roster', () => [[0, 7]])
  await sender.send('roster', 0, message(3))
  assert.equal(settled, false)
  assert.ok(sender.backlog('session', 0) > 0)
  for (const one of [sender, owner]) one.close()
})

test('what waits for a connection manager that is given up is rejected', async () => {
  const bus = createInProcessBus()
  const owner = endpointOn(bus, 'owner')
  const cm = { id: 'dead', epoch: 1 }
  const sent = owner.sendDown(cm, { k: 'close', part: 0, token: 1, conn: 'c', condition: 'conflict' })
  owner.giveUp(cm, new Error('the connection manager is dead'))
  await assert.rejects(sent, /dead/)
  owner.close()
})

test('a connection manager that was given up for dead and lives is told what comes afterwards', async () => {
  const bus = createInProcessBus()
  const owner = endpointOn(bus, 'owner')
  const manager = endpointOn(bus, 'manager')
  const got: string[] = []
  manager.serveDown((envelope) => void got.push('conn' in envelope ? envelope.conn : ''))
  const say = (conn: string) =>
    owner.sendDown(manager.self, { k: 'close', part: 0, token: 1, conn, condition: 'reset' })
  await say('a')
  await say('b')
  owner.giveUp(manager.self, new Error('it was silent'))
  await say('c')
  await say('d')
  assert.deepEqual(got, ['a', 'b', 'c', 'd'])
  for (const each of [owner, manager]) each.close()
})

test('a read finds the owner that announces itself only after the question', async () => {
  const bus = createInProcessBus()
  const asker = endpointOn(bus, 'asker')
  const owner = endpointOn(bus, 'owner')
  const answer = asker.read('roster', 3, 'who')
  owner.serveRead('roster', 3, 9, (question) => Promise.resolve(`${question}: me`))
  owner.announce('roster', () => [[3, 9]])
  assert.equal(await answer, 'who: me')
  for (const one of [asker, owner]) one.close()
})

test('a read that finds an owner whose partition is gone is answered by the next one', async () => {
  const bus = createInProcessBus()
  const asker = endpointOn(bus, 'asker')
  const first = endpointOn(bus, 'first')
  const second = endpointOn(bus, 'second')
  first.announce('roster', () => [[0, 7]])
  first.serveRead('roster', 0, 7, async () => {
    second.serveRead('roster', 0, 8, async (question) => `${question}, too`)
    second.announce('roster', () => [[0, 8]])
    throw new NotOwner('gone')
  })
  assert.equal(await asker.read('roster', 0, 'romeo'), 'romeo, too')
  for (const each of [asker, first, second]) each.close()
})

test('who was asked when it ceased to own a partition, or is asked then, sends on to the next owner at once', async () => {
  const bus = createInProcessBus()
  const asker = endpointOn(bus, 'asker')
  const still = { now: () => 0, setTimer: () => ({ cancel: () => {} }) }
  const self = { id: 'first', epoch: 1 }
  const first = createEndpoint({ bus, self, partitions: 4, clock: still, onFault: assert.ifError })
  const second = endpointOn(bus, 'second')
  const asked = Promise.withResolvers<undefined>()
  first.announce('roster', () => [[0, 7]])
  const serving = first.serveRead('roster', 0, 7, () => {
    asked.resolve(undefined)
    return new Promise(() => {})
  })
  const answers = [asker.read('roster', 0, 'romeo')]
  await asked.promise
  serving.close()
  answers.push(asker.read('roster', 0, 'juliet'))
  second.serveRead('roster', 0, 8, async (question) => `${question}, too`)
  second.announce('roster', () => [[0, 8]])
  assert.deepEqual(await Promise.all(answers), ['romeo, too', 'juliet, too'])
  for (const each of [asker, first, second]) each.close()
})

test('a new owner is told the preamble before what the owner before had not committed', async () => {
  const bus = createInProcessBus()
  const sender = endpointOn(bus, 'sender')
  const first = endpointOn(bus, 'first')
  const second = endpointOn(bus, 'second')
  sender.introduce('session', (part) => [{ k: 'introduced', cm: sender.self, part }])
  const heard: string[] = []
  const hear = (name: string) => (envelope: LaneEnvelope) => {
    heard.push(`${name} ${envelope.k === 'introduced' ? 'introduced' : idOf(envelope)}`)
    return idOf(envelope) === 2 && name === 'first' ? new Promise<void>(() => {}) : undefined
  }
  const lane = first.serve('session', 0, 7, hear('first'))
  first.announce('session', () => [[0, 7]])
  const stuck = sender.send('session', 0, message(2))
  await sender.send('session', 0, message(3))
  lane.close()
  second.serve('session', 0, 8, hear('second'))
  second.announce('session', () => [[0, 8]])
  await stuck
  assert.deepEqual(heard, ['first introduced', 'first 2', 'first 3', 'second introduced', 'second 2'])
  for (const one of [sender, first, second]) one.close()
})

void test('who introduces itself late is heard by an owner that others of its process know, once', async () => {
  const bus = createInProcessBus()
  const [sender, owner] = [endpointOn(bus, 'sender'), endpointOn(bus, 'owner')]
  const heard: string[] = []
  const hear = (envelope: LaneEnvelope) => {
    heard.push(envelope.k === 'introduced' ? 'introduced' : `${idOf(envelope)}`)
    return idOf(envelope) === 1 ? new Promise<void>(() => {}) : undefined
  }
  owner.serve('session', 0, 7, hear)
  owner.announce('session', () => [[0, 7]])
  sender.send('session', 0, message(1)).catch(() => {})
  await sender.send('session', 0, message(2))
  sender.introduce('session', (part) => [{ k: 'introduced', cm: sender.self, part }])
  await sender.send('session', 0, message(3))
  assert.deepEqual(heard, ['1', '2', 'introduced', '3'])
  for (const one of [sender, owner]) one.close()
})
