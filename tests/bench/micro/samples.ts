import { fromTop, NS, type Stanza } from '@jabiru/stanza'
import { createStreamParser, DEFAULT_LIMITS, type StreamParser, type TopElement } from '@jabiru/xml'

/** Many enough that no two operations one after the other find the same in the caches of the processor and of V8. */
const SAMPLES = 64

const WORDS = 'It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of fool'

/** Some of everything: `SAMPLES` of what `make` makes of 0 and up. */
export const samplesOf = <T>(make: (n: number) => T): readonly T[] => Array.from({ length: SAMPLES }, (_, n) => make(n))

/** As `crypto.randomUUID` writes one. */
const uuid = (n: number) => `${(0x3f2a_1b00 + n).toString(16)}-7c1e-4d0b-9e52-${(0xa1b2_c3d4_e5f6 - n).toString(16)}`

export const userAt = (n: number) => `user${n}@localhost`
export const phoneOf = (n: number) => `${userAt(n)}/phone.${uuid(n).slice(0, 8)}`

/** A message as a client of today sends it: text, XEP-0085, XEP-0184, XEP-0359. */
export const messageXml = (n: number, words = WORDS) =>
  `<message to='${userAt(n ^ 1)}' type='chat' id='${uuid(n)}' xml:lang='en'><body>${n}: ${words}</body>` +
  `<active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/>` +
  `<origin-id xmlns='urn:xmpp:sid:0' id='${uuid(n)}'/></message>`

const HEADER = `<?xml version='1.0'?><stream:stream xmlns='${NS.client}' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='localhost'>`

/** A stream that has begun. */
export function begunStream(onTop: (top: TopElement) => void): StreamParser {
  const parser = createStreamParser(DEFAULT_LIMITS, { open: () => undefined, top: onTop, close: () => undefined })
  parser.write(Buffer.from(HEADER))
  return parser
}

/** Messages as they come out of the parser. */
export function topSamples(): readonly TopElement[] {
  const tops: TopElement[] = []
  const parser = begunStream((top) => void tops.push(top))
  for (const text of samplesOf((n) => messageXml(n))) parser.write(Buffer.from(text))
  return tops
}

/** Messages as they are on their way. */
export const stanzaSamples = (): readonly Stanza[] => topSamples().map((top) => fromTop(top))
