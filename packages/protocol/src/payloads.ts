import { type Jid, JidError, parseJid } from '@jabiru/jid'
import { clark, hasPayload, NS, payloadsOf, type Stanza, stanzaOf, withPayloads } from '@jabiru/stanza'
import { type Element, serialize } from '@jabiru/xml'

/** The stanza with one more payload at its end; what is there is not parsed. */
export function appendPayload(s: Stanza, e: Element): Stanza {
  return stanzaOf(s, [...s.payloads, clark(e.name, e.ns)], s.inner + serialize(e, NS.client))
}

/** The stanza without the payloads of that name that `drop` chooses; parsed only when there is one of that name. */
export function dropPayloads(s: Stanza, name: string, ns: string, drop: (e: Element) => boolean): Stanza {
  if (!hasPayload(s, name, ns)) return s
  const kept = payloadsOf(s).filter((e) => e.name !== name || e.ns !== ns || !drop(e))
  return kept.length === s.payloads.length ? s : withPayloads(s, ...kept)
}

/** The address that an attribute holds, in canonical form; undefined for none and for a malformed one. */
export function addressOf(text: string | undefined): Jid | undefined {
  if (text === undefined) return undefined
  try {
    return parseJid(text)
  } catch (err) {
    if (err instanceof JidError) return undefined
    throw err
  }
}
