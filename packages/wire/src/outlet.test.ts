import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid } from '@jabiru/jid'
import { stanzaOf } from '@jabiru/stanza'
import type { LaneEnvelope } from './envelope.ts'
import type { Frame } from './frame.ts'
import { createOutlet, sending } from './outlet.ts'

const juliet = parseBareJid('juliet@capulet.lit')
const envelope = (name: 'message' | 'presence', id: string): LaneEnvelope => ({
  k: 'in',
  accounts: [juliet],
  stanza: stanzaOf({ name, id }, [], ''),
})

/** An outlet whose receiver acknowledges nothing by itself; `frames` are what it was sent since it was asked last. */
function outlet(subject: () => string | undefined = () => 'lane') {
  let frames: Frame[] = []
  let life = 0
  let now = 0
  let stalls = 0
  let isAway = false
  const soon: (() => void)[] = []
  const made = createOutlet({
    stream: 's',
    nextLife: () => ++life,
    from: { id: 'me', epoch: 1 },
    subject,
    publish: (_subject, frame) => {
      if (isAway) throw new Error('the bus is away')
      frames.push(frame)
    },
    soon: (run) => void soon.push(run),
    now: () => now,
    heartbeatMs: 300,
    onStalled: () => void stalls++,
    onResent: () => undefined,
  })
  const taken = () => {
    for (const run of soon.splice(0)) run()
    const envelopes = frames.flatMap(({ envelopes }) => envelopes)
    frames = []
    return envelopes.map((one) => (one !== undefined && 'stanza' in one ? one.stanza.id : one?.k))
  }
  const ack = (upTo: number) => made.onAck({ stream: `s~${life}`, upTo, beyond: [] })
  const at = (ms: number) => {
    now = ms
  }
  /** How often the receiver was asked for since this was called last. */
  const asked = () => {
    const times = stalls
    stalls = 0
    return times
  }
  const away = (is: boolean) => {
    isAway = is
  }
  const send = (envelope: LaneEnvelope) => sending(made, envelope)
  return { ...made, send, taken, ack, at, asked, away }
}

const introduced: LaneEnvelope = { k: 'introduced', cm: { id: 'me', epoch: 1 }, part: 0 }

test('what one receiver was to be told before anything else is not told to the next', () => {
  const { send, moved, taken } = outlet()
  send(envelope('message', 'm')).catch(assert.ifError)
  for (let i = 0; i < 3; i++) moved([introduced])
  assert.deepEqual(taken(), ['introduced', 'm'])
})

test('presence that waits is sent to the next receiver once, the last of the same, and settles for each who sent it', async () => {
  const { send, moved, taken, ack } = outlet()
  const sent = ['here', 'away', 'here'].map((id) => send(envelope('presence', id)))
  const others = ['m', 'm'].map((id) => send(envelope('message', id)))
  assert.deepEqual(taken(), ['here', 'away', 'here', 'm', 'm'])
  moved([])
  assert.deepEqual(taken(), ['away', 'here', 'm', 'm'])
  ack(4)
  await Promise.all([...sent, ...others])
})

test('RFC 6121 §4.4 while nobody is known to take it, only the last that somebody broadcasts of being there waits', async () => {
  let owner: string | undefined
  const { send, taken, ack, bytes } = outlet(() => owner)
  const first = send(envelope('presence', 'here'))
  assert.deepEqual(taken(), [])
  const before = bytes()
  const sent = ['away', 'here again', 'busy'].map((id) => send(envelope('presence', id)))
  const message = send(envelope('message', 'm'))
  assert.equal(bytes(), 3 * before)
  owner = 'lane'
  assert.deepEqual(taken(), ['here', undefined, undefined, 'busy', 'm'])
  ack(5)
  await Promise.all([first, ...sent, message])
})

test('RFC 6121 §4.5 that somebody has gone waits in its place, whatever is broadcast after it', () => {
  let owner: string | undefined
  const { send, taken } = outlet(() => owner)
  taken()
  const gone: LaneEnvelope = {
    k: 'in',
    accounts: [juliet],
    stanza: stanzaOf({ name: 'presence', type: 'unavailable', id: 'gone' }, [], ''),
  }
  send(envelope('message', 'm')).catch(assert.ifError)
  taken()
  for (const one of [envelope('presence', 'here'), gone, envelope('presence', 'back')]) send(one).catch(assert.ifError)
  owner = 'lane'
  assert.deepEqual(taken(), ['m', undefined, 'gone', 'back'])
})

/** When the receiver was asked for, in ms. */
function timesOf({ at, tick, asked }: ReturnType<typeof outlet>, from: number, to: number) {
  const times: number[] = []
  for (let ms = from; ms <= to; ms += 100) {
    at(ms)
    try {
      tick()
    } catch {
      // The bus is away: the endpoint tells.
    }
    if (asked() > 0) times.push(ms)
  }
  return times
}

test('a receiver that makes no progress is asked more and more seldom, and soon after the next progress', () => {
  const lane = outlet()
  for (const id of ['1', '2']) lane.send(envelope('message', id)).catch(assert.ifError)
  lane.taken()
  assert.deepEqual(timesOf(lane, 0, 5_000), [300, 900, 2_100, 3_300, 4_500])
  lane.ack(1)
  assert.deepEqual(timesOf(lane, 5_000, 5_500), [5_300])
})

test('it is asked soon after the bus was away, however long that was', () => {
  const lane = outlet()
  lane.send(envelope('message', '1')).catch(assert.ifError)
  lane.taken()
  lane.away(true)
  assert.deepEqual(timesOf(lane, 0, 1_300), [300, 600, 900, 1_200])
  lane.away(false)
  assert.deepEqual(timesOf(lane, 1_400, 2_100), [1_500, 2_100])
})
