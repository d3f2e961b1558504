import { type Jid, JidError, parseJid } from '@jabiru/jid'
import { children, type Element, el, serializeNodes, type TopElement } from '@jabiru/xml'
import { NS } from './namespaces.ts'
import { Refusal, StreamFault } from './refusal.ts'
import { clark, type Stanza, type StanzaName, stanzaOf } from './stanza.ts'

/** The four types of an iq. RFC 6120 §8.2.3. */
const IQ_TYPES = ['get', 'set', 'result', 'error'] as const

/** The values of a presence's type; none is "available". RFC 6121 §4.7.1. */
export const PRESENCE_TYPES = [
  'error',
  'probe',
  'subscribe',
  'subscribed',
  'unavailable',
  'unsubscribe',
  'unsubscribed',
] as const
export type PresenceType = (typeof PRESENCE_TYPES)[number]

/** Whether a top-level element of a stream is a stanza, by name and namespace only. */
export function stanzaNameOf(top: TopElement): StanzaName | undefined {
  if (top.ns !== NS.client && top.ns !== NS.server) return undefined
  return top.name === 'message' || top.name === 'presence' || top.name === 'iq' ? top.name : undefined
}

function address(text: string | undefined, fault: () => Error): Jid | undefined {
  if (text === undefined) return undefined
  try {
    return parseJid(text)
  } catch (err) {
    throw err instanceof JidError ? fault() : err
  }
}

function checkIq(top: TopElement): void {
  const type = top.attrs['type']
  // RFC 6120 §8.2.3 rules 1 and 2
  if (top.attrs['id'] === undefined) throw new Refusal('bad-request', { text: 'an iq needs an id' })
  if (!IQ_TYPES.some((known) => known === type)) throw new Refusal('bad-request', { text: 'unknown type of iq' })
  const count = top.payloads.length
  // rule 5
  if ((type === 'get' || type === 'set') && count !== 1)
    throw new Refusal('bad-request', { text: 'a request has exactly one child element' })
  // rule 6
  if (type === 'result' && count > 1)
    throw new Refusal('bad-request', { text: 'a result has at most one child element' })
}

function checkPresence(top: TopElement): void {
  const type = top.attrs['type']
  // RFC 6121 §4.7.1
  if (type !== undefined && !PRESENCE_TYPES.some((known) => known === type))
    throw new Refusal('bad-request', { text: 'unknown type of presence' })
}

/** Content of a server stream, moved to `jabber:client` at every depth at which it names `jabber:server`. */
function toClient(e: Element): Element {
  const nodes = e.children.map((n) => (typeof n === 'string' ? n : toClient(n)))
  return el(e.name, e.ns === NS.server ? NS.client : e.ns, e.attrs, ...nodes)
}

function contentOf(top: TopElement): { payloads: readonly string[]; inner: string } {
  if (top.ns === NS.client) return { payloads: top.payloads.map((p) => clark(p.name, p.ns)), inner: top.inner }
  const payloads = top.payloads.map((p) => clark(p.name, p.ns === NS.server ? NS.client : p.ns))
  // What inherits its namespace needs no change; what spells it out does.
  if (!top.inner.includes(NS.server)) return { payloads, inner: top.inner }
  return { payloads, inner: serializeNodes(toClient(top.element()).children, NS.client) }
}

/**
 * The stanza in a top-level element of a stream, after the checks of RFC 6120 §8 that concern its shape.
 * `lang` is the language of the stream, which a stanza without one inherits (RFC 6120 §8.1.5).
 * Throws Refusal (to be answered with `refusalOfTop`) or StreamFault (the stream ends).
 */
export function fromTop(top: TopElement, lang?: string): Stanza {
  const name = stanzaNameOf(top)
  if (name === undefined) throw new StreamFault('unsupported-stanza-type') // RFC 6120 §4.9.3.24
  const from = address(top.attrs['from'], () => new StreamFault('invalid-from')) // RFC 6120 §4.9.3.9
  const to = address(top.attrs['to'], () => new Refusal('jid-malformed')) // RFC 6120 §8.3.3.8
  if (name === 'iq') checkIq(top)
  if (name === 'presence') checkPresence(top)
  const { payloads, inner } = contentOf(top)
  const { type, id } = top.attrs
  return stanzaOf({ name, type, id, from, to, lang: top.attrs['xml:lang'] ?? lang }, payloads, inner)
}

/**
 * The stanza that an element is, as one finds it within a forwarded payload. Throws Refusal where `fromTop` would, and
 * bad-request where `fromTop` would end a stream.
 */
export function stanzaFrom(e: Element): Stanza {
  const payloads = children(e).map((c) => ({ name: c.name, ns: c.ns }))
  const inner = serializeNodes(e.children, e.ns)
  try {
    return fromTop({ name: e.name, ns: e.ns, attrs: e.attrs, inner, payloads, element: () => e })
  } catch (err) {
    throw err instanceof StreamFault ? new Refusal('bad-request', { text: err.message }) : err
  }
}
