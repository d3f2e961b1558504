// Slow: hundreds of connections.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawClient } from './testing/client.ts'
import { seat } from './testing/guest.ts'
import { startHouse } from './testing/house.ts'

const SEED = Number(process.env['JABIRU_TEST_SEED'] ?? 1)
const STREAMS = 120
const OPEN = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>`
const SASL = `xmlns='urn:ietf:params:xml:ns:xmpp-sasl'`
const BIND = `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>x</resource></bind></iq>`

/** What a client says under TLS, in the pieces in which it would. */
const RECORDED: readonly (readonly string[])[] = [
  [
    OPEN,
    `<auth ${SASL} mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>`,
    OPEN,
    BIND,
    '<presence/>',
    `<message to='bob@localhost'><body>Wherefore &lt;art&gt; thou 💔</body><x xmlns='urn:x'><![CDATA[<y>]]></x></message>`,
    `<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>`,
    '</stream:stream>',
  ],
  [
    OPEN,
    `<auth ${SASL} mechanism='SCRAM-SHA-256'>biws</auth>`,
    `<response ${SASL}>AAAA</response>`,
    OPEN,
    BIND,
    `<enable xmlns='urn:xmpp:sm:3' resume='true'/>`,
    `<r xmlns='urn:xmpp:sm:3'/>`,
    `<a xmlns='urn:xmpp:sm:3' h='0'/>`,
  ],
  [OPEN, `<auth ${SASL} mechanism='PLAIN'>AGFsaWNlAHdyb25n</auth>`, `<abort ${SASL}/>`, '</stream:stream>'],
]

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

type Pieces = readonly Buffer[]
type Mutation = (pieces: Pieces, random: (below: number) => number) => Pieces

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'flipped bits': (pieces, random) =>
    pieces.map((piece) => {
      const copy = Buffer.from(piece)
      const at = random(copy.length * 2)
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random(8))
      return copy
    }),
  'a cut': (pieces, random) => {
    const all = Buffer.concat(pieces)
    const from = random(all.length)
    return [all.subarray(0, from), all.subarray(from + random(40))]
  },
  'the beginning of it': (pieces, random) => {
    const all = Buffer.concat(pieces)
    return [all.subarray(0, random(all.length))]
  },
  'pieces twice': (pieces, random) => pieces.flatMap((piece) => (random(3) === 0 ? [piece, piece] : [piece])),
  'pieces in another order': (pieces, random) =>
    pieces
      .map((piece) => [random(100), piece] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, piece]) => piece),
  'bytes in another order': (pieces, random) => {
    const all = Buffer.concat(pieces)
    const at = random(all.length)
    return [all.subarray(at), all.subarray(0, at)]
  },
  'noise in between': (pieces, random) =>
    pieces.flatMap((piece) => [piece, Buffer.from(Array.from({ length: random(4) }, () => random(256)))]),
}

/** In one piece, piece by piece, or byte by byte. */
function cut(pieces: Pieces, random: (below: number) => number): Pieces {
  const way = random(3)
  if (way === 0) return [Buffer.concat(pieces)]
  return way === 1 ? pieces : Array.from(Buffer.concat(pieces), (byte) => Buffer.from([byte]))
}

const pick = <T>(from: readonly T[], random: (below: number) => number): T => {
  const chosen = from[random(from.length)]
  if (chosen === undefined) throw new Error('nothing to pick from')
  return chosen
}

test(`RFC 6120 §4 whatever a stream is made of, it ends by itself and a bystander goes on (seed ${SEED})`, async () => {
  await using house = await startHouse()
  const fatal: unknown[] = []
  const note = (fault: unknown) => void fatal.push(fault)
  process.on('uncaughtExceptionMonitor', note)
  const bystander = await seat(house, 'bob')
  const random = randomFrom(SEED)
  for (let i = 0; i < STREAMS; i++) {
    const recorded = pick(RECORDED, random).map((piece) => Buffer.from(piece))
    const mutation = pick(Object.keys(MUTATIONS), random)
    const pieces = cut(MUTATIONS[mutation]?.(recorded, random) ?? recorded, random)
    const told = `seed ${SEED}, stream ${i}, ${mutation}: ${JSON.stringify(Buffer.concat(pieces).toString('latin1'))}`
    const client = random(4) === 0 ? await RawClient.tcp(house.port) : await RawClient.tls(house.tlsPort)
    for (const piece of pieces) client.send(piece)
    client.finish()
    const said = await client.end()
    assert.doesNotMatch(said, /internal-server-error|at .*\.ts|Error:/, told)
    bystander.client.send(`<message to='alice@localhost' id='still-${i}'/>`)
    while ((await house.owner.next('out')).stanza.id !== `still-${i}`);
    assert.deepEqual([house.faults, fatal], [[], []], told)
  }
  process.off('uncaughtExceptionMonitor', note)
  bystander.client.destroy()
  await house.empty()
})
