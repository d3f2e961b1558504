import type { Jid } from '@jabiru/jid'
import { hasPayload, payloadsOf, type Stanza } from '@jabiru/stanza'
import { type Element, el, textOf } from '@jabiru/xml'
import { formatDateTime, parseDateTime } from './datetime.ts'
import { addressOf, appendPayload, dropPayloads } from './payloads.ts'

export const NS_DELAY = 'urn:xmpp:delay'

/** XEP-0203: when a stanza was first sent, and who held it back. */
export interface Delay {
  /** Milliseconds since 1970. */
  readonly stamp: number
  readonly from?: string | undefined
  readonly reason?: string | undefined
}

/** The delay that an element states; undefined without a stamp that can be read. */
export function parseDelay(e: Element): Delay | undefined {
  const stamp = parseDateTime(e.attrs['stamp'] ?? '')
  if (stamp === undefined) return undefined
  const reason = textOf(e).trim()
  return { stamp, from: e.attrs['from'], reason: reason === '' ? undefined : reason }
}

/** The element that states a delay. */
export function renderDelay(delay: Delay): Element {
  return el('delay', NS_DELAY, { from: delay.from, stamp: formatDateTime(delay.stamp) }, delay.reason)
}

/** Every delay that a stanza states, in order. */
export function delaysOf(s: Stanza): readonly Delay[] {
  if (!hasPayload(s, 'delay', NS_DELAY)) return []
  return payloadsOf(s).flatMap((e) => (e.name === 'delay' && e.ns === NS_DELAY ? (parseDelay(e) ?? []) : []))
}

/** The stanza with a delay stated at its end. */
export function withDelay(s: Stanza, delay: Delay): Stanza {
  return appendPayload(s, renderDelay(delay))
}

/** The stanza without the delays that claim to come from an address of ours (XEP-0203 §5: a sender may lie). */
export function withoutDelays(s: Stanza, isOurs: (from: Jid) => boolean): Stanza {
  return dropPayloads(s, 'delay', NS_DELAY, (e) => {
    const from = addressOf(e.attrs['from'])
    return from !== undefined && isOurs(from)
  })
}
