import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bus, createInProcessBus } from '@jabiru/bus'
import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { stanzaOf } from '@jabiru/stanza'
import { createEndpoint, type Endpoint } from './endpoint.ts'
import type { DownEnvelope, LaneEnvelope } from './envelope.ts'
import { fastClock, lossy, randomFrom } from './testing.ts'

const juliet = parseBareJid('juliet@capulet.lit')
const session = { jid: parseFullJid('juliet@capulet.lit/balcony'), gen: '7.1' }
const stanza = (n: number) => stanzaOf({ name: 'message', id: String(n) }, [], '')
const numberOf = (envelope: LaneEnvelope | DownEnvelope) =>
  'stanza' in envelope ? Number(envelope.stanza.id) : Number.NaN

/** One of the three links: how an envelope is sent over it, and heard. */
interface Link {
  readonly name: string
  readonly send: (from: Endpoint, to: Endpoint, n: number) => Promise<void>
  readonly hear: (at: Endpoint, heard: (n: number) => Promise<void> | void) => void
}

const byLane = (make: (n: number) => LaneEnvelope): Pick<Link, 'send' | 'hear'> => ({
  send: (from, _to, n) => from.send('session', 2, make(n)),
  hear: (at, heard) => {
    at.serve('session', 2, 7, (envelope) => heard(numberOf(envelope)))
    at.announce('session', () => [[2, 7]])
  },
})

const LINKS: readonly Link[] = [
  {
    name: 'from connection manager to owner',
    ...byLane((n) => ({ k: 'out', account: juliet, session, n, stanza: stanza(n) })),
  },
  { name: 'from owner to owner', ...byLane((n) => ({ k: 'in', accounts: [juliet], stanza: stanza(n) })) },
  {
    name: 'from owner to connection manager',
    send: (from, to, n) =>
      from.sendDown(to.self, { k: 'deliver', part: 2, token: 7, to: [{ conn: 'c1', n }], stanza: stanza(n) }),
    hear: (at, heard) => {
      at.serveDown((envelope) => void heard(numberOf(envelope)))
    },
  },
]

const endpointOn = (bus: Bus, id: string) =>
  createEndpoint({ bus, self: { id, epoch: 1 }, partitions: 4, clock: fastClock(), onFault: assert.ifError })

/** What came over the link, once all that was sent over it has been acknowledged. */
async function over(link: Link, bus: Bus, count: number, before: (n: number) => void = () => {}): Promise<number[]> {
  const [from, to] = [endpointOn(bus, 'from'), endpointOn(bus, 'to')]
  const came: number[] = []
  link.hear(to, (n) => void came.push(n))
  const sent: Promise<void>[] = []
  for (let n = 0; n < count; n++) {
    before(n)
    sent.push(link.send(from, to, n))
    // Each in a message of its own.
    await new Promise((resolve) => void setImmediate(resolve))
  }
  await Promise.all(sent)
  from.close()
  to.close()
  return came
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)
const SEED = Number(process.env['JABIRU_TEST_SEED'] ?? 1)

for (const link of LINKS) {
  test(`${link.name}: what is dropped, doubled and held back comes once, in order, and is acknowledged`, async () => {
    for (let seed = SEED; seed < SEED + 5; seed++) {
      const bad = lossy(createInProcessBus(), randomFrom(seed))
      assert.deepEqual(await over(link, bad, 100), numbers(100), `seed ${seed}`)
    }
  })

  test(`${link.name}: the last envelope of a burst is missed though nothing follows it`, async () => {
    const bus = createInProcessBus()
    const lost = { next: false, count: 0 }
    const once: Bus = {
      ...bus,
      publish: (subject, payload) => {
        if (lost.next && payload.includes('"id":"9"')) {
          lost.next = false
          lost.count++
        } else bus.publish(subject, payload)
      },
    }
    const came = await over(link, once, 10, (n) => {
      lost.next = n === 9
    })
    assert.deepEqual([came, lost.count], [numbers(10), 1])
  })
}
