// The reader and writer of the last release, kept as they were so that a test can run them beside those of this one.
import type { Envelope } from '../../src/envelope.ts'
import type { Ack, Frame } from '../../src/frame.ts'

type Range = readonly [from: number, to: number]

/** What came over the bus and is no frame of this version. */
export class UnreadableFrame extends Error {
  override readonly name = 'UnreadableFrame'
}

const innerOf = (envelope: Envelope | undefined): string =>
  envelope !== undefined && 'stanza' in envelope ? envelope.stanza.inner : ''

const headOf = (envelope: Envelope | undefined): Envelope | null => {
  if (envelope === undefined) return null
  return 'stanza' in envelope ? { ...envelope, stanza: { ...envelope.stanza, inner: '' } } : envelope
}

/** One line of JSON with the headers, then the contents of the stanzas as they stand. */
export function encodeFrame(frame: Frame): string {
  const inners = frame.envelopes.map(innerOf)
  const head = {
    s: frame.stream,
    f: [frame.from.id, frame.from.epoch],
    b: frame.base,
    q: frame.first,
    h: frame.high,
    e: frame.envelopes.map(headOf),
    l: inners.map((inner) => inner.length),
  }
  return `${JSON.stringify(head)}\n${inners.join('')}`
}

interface Head {
  readonly s: string
  readonly f: readonly [string, number]
  readonly b: number
  readonly q: number
  readonly h: number
  readonly e: readonly (Envelope | null)[]
  readonly l: readonly number[]
}

const isHead = (head: Partial<Head>): head is Head =>
  typeof head.s === 'string' &&
  Array.isArray(head.f) &&
  Number.isSafeInteger(head.b) &&
  Number.isSafeInteger(head.q) &&
  Number.isSafeInteger(head.h) &&
  Array.isArray(head.e) &&
  Array.isArray(head.l) &&
  head.e.length === head.l.length

function parseHead(text: string): Head {
  let head: Partial<Head>
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- isHead checks it
    head = JSON.parse(text) as Partial<Head>
  } catch (cause) {
    throw new UnreadableFrame('not JSON', { cause })
  }
  if (!isHead(head)) throw new UnreadableFrame('not the fields of a frame')
  return head
}

/** Throws UnreadableFrame. Envelopes of a kind that the reader does not know are its business. */
export function decodeFrame(text: string): Frame {
  const end = text.indexOf('\n')
  if (end < 0) throw new UnreadableFrame('no header line')
  const head = parseHead(text.slice(0, end))
  let at = end + 1
  const envelopes = head.e.map((envelope, i) => {
    if (envelope === null) return undefined
    const length = head.l[i] ?? 0
    if (length === 0 || !('stanza' in envelope)) return envelope
    const inner = text.slice(at, at + length)
    at += length
    return { ...envelope, stanza: { ...envelope.stanza, inner } }
  })
  if (at !== text.length) throw new UnreadableFrame('the contents are cut or too long')
  return {
    stream: head.s,
    from: { id: head.f[0], epoch: head.f[1] },
    base: head.b,
    first: head.q,
    high: head.h,
    envelopes,
  }
}

export const encodeAck = ({ stream, upTo, expect = 0, beyond = [] }: Ack): string =>
  JSON.stringify(beyond.length === 0 ? [stream, upTo, expect] : [stream, upTo, expect, beyond.flat()])

/** Throws UnreadableFrame. */
export function decodeAck(text: string): Ack {
  let fields: unknown
  try {
    fields = JSON.parse(text)
  } catch (cause) {
    throw new UnreadableFrame('not JSON', { cause })
  }
  if (!Array.isArray(fields)) throw new UnreadableFrame('not an acknowledgement')
  const [stream, upTo, expect, flat] = fields as readonly unknown[]
  if (typeof stream !== 'string' || typeof upTo !== 'number' || typeof expect !== 'number')
    throw new UnreadableFrame('not the fields of an acknowledgement')
  const beyond = rangesOf(flat)
  return { stream, upTo, ...(expect > 0 ? { expect } : {}), ...(beyond.length > 0 ? { beyond } : {}) }
}

function rangesOf(flat: unknown): readonly Range[] {
  if (!Array.isArray(flat)) return []
  const numbers = (flat as readonly unknown[]).map((n) => {
    if (!Number.isSafeInteger(n)) throw new UnreadableFrame('not the ranges of an acknowledgement')
    return Number(n)
  })
  return Array.from({ length: numbers.length >> 1 }, (_, i) => [numbers[2 * i] ?? 0, numbers[2 * i + 1] ?? 0] as const)
}
