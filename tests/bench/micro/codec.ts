import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { decodeFrame, type Envelope, encodeFrame, type Frame } from '@jabiru/wire'
import { phoneOf, samplesOf, stanzaSamples, userAt } from './samples.ts'
import { flat, type Unit, unitOver } from './unit.ts'

/** What one frame holds where little, and where much is under way. */
const SIZES = [1, 32]

/** Frames as a connection manager sends them to owners: messages of sessions. */
function frameSamples(size: number): readonly Frame[] {
  const stanzas = stanzaSamples()
  const from = { id: 'connection-manager-7f3a9c', epoch: 1_795_311_287_601 }
  const envelope = (n: number): Envelope => ({
    k: 'out',
    account: parseBareJid(userAt(n)),
    session: { jid: parseFullJid(phoneOf(n)), gen: `41.${n}` },
    n: 1000 + n,
    stanza: stanzas[n % stanzas.length] ?? { name: 'message', payloads: [], inner: '' },
    conn: `c${n}`,
  })
  return samplesOf((n) => ({
    stream: `session.${n}`,
    from,
    base: 5000 + n,
    first: 5000 + n,
    high: 5000 + n + size,
    envelopes: Array.from({ length: size }, (_, i) => envelope(n + i)),
  }))
}

/** From envelopes to what the bus carries and back. */
export async function codecUnits(): Promise<readonly Unit[]> {
  return SIZES.flatMap((size) => {
    const frames = frameSamples(size)
    const texts = frames.map((frame) => encodeFrame(frame))
    const held = size === 1 ? 'one chat message' : `${size} chat messages`
    return [
      unitOver(frames, { name: `encode ${size}`, what: `a frame of ${held} is encoded` }, (frame) =>
        flat(encodeFrame(frame)),
      ),
      unitOver(
        texts,
        { name: `decode ${size}`, what: `a frame of ${held} is decoded` },
        (text) => decodeFrame(text).envelopes.length,
      ),
    ]
  })
}
