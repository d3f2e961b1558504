import { hasPayload, type Stanza } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'

export const NS_HINTS = 'urn:xmpp:hints'

/** XEP-0334 §4: what a sender asks those on the way to do or not to do with a message. */
export const HINTS = ['no-permanent-store', 'no-store', 'no-copy', 'store'] as const
export type Hint = (typeof HINTS)[number]

/** Whether a stanza carries the hint; nothing is parsed. */
export function hasHint(s: Stanza, hint: Hint): boolean {
  return hasPayload(s, hint, NS_HINTS)
}

/** Every hint a stanza carries, in the order of XEP-0334. */
export function hintsOf(s: Stanza): readonly Hint[] {
  return HINTS.filter((hint) => hasHint(s, hint))
}

export function renderHint(hint: Hint): Element {
  return el(hint, NS_HINTS)
}
