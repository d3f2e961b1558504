import { NS, Refusal, renderStanza, type Stanza, stanzaFrom } from '@jabiru/stanza'
import { child, children, type Element, serialize } from '@jabiru/xml'
import { type Delay, NS_DELAY, parseDelay, renderDelay } from './delay.ts'

export const NS_FORWARD = 'urn:xmpp:forward:0'

/** XEP-0297: a stanza that was sent at another time or to somebody else. */
export interface Forwarded {
  readonly stanza: Stanza
  readonly delay: Delay | undefined
}

/** Throws Refusal('bad-request') without exactly one stanza. */
export function parseForwarded(e: Element): Forwarded {
  const inside = children(e).filter((c) => c.ns === NS.client || c.ns === NS.server)
  const [only] = inside
  if (only === undefined || inside.length > 1)
    throw new Refusal('bad-request', { text: 'exactly one stanza is forwarded' })
  const delay = child(e, 'delay', NS_DELAY)
  return { stanza: stanzaFrom(only), delay: delay === undefined ? undefined : parseDelay(delay) }
}

/** The XML of `<forwarded/>`, made without parsing the stanza; its namespace is written, as XEP-0297 §3.2 demands. */
export function forwardedXml(s: Stanza, delay?: Delay): string {
  const stamp = delay === undefined ? '' : serialize(renderDelay(delay), NS_FORWARD)
  return `<forwarded xmlns='${NS_FORWARD}'>${stamp}${renderStanza(s, NS.client)}</forwarded>`
}
