import type { Jid } from '@jabiru/jid'
import { hasPayload, payload, payloadsOf, type Stanza } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'
import { addressOf, appendPayload, dropPayloads } from './payloads.ts'

export const NS_SID = 'urn:xmpp:sid:0'

/** XEP-0359 §2.1: the id that an entity has given to a stanza. */
export interface StanzaId {
  readonly id: string
  readonly by: string
}

export function renderStanzaId(sid: StanzaId): Element {
  return el('stanza-id', NS_SID, { id: sid.id, by: sid.by })
}

/** The ids that a stanza carries, in order; what lacks an attribute is left out. */
export function stanzaIdsOf(s: Stanza): readonly StanzaId[] {
  if (!hasPayload(s, 'stanza-id', NS_SID)) return []
  return payloadsOf(s).flatMap((e) => {
    const { id, by } = e.attrs
    if (e.name !== 'stanza-id' || e.ns !== NS_SID || id === undefined || by === undefined) return []
    return [{ id, by }]
  })
}

/**
 * The stanza without the ids that claim to be given by an address of ours: a sender may not give them (XEP-0359 §3).
 * `isOurs` gets the address in canonical form, however the sender has spelled it.
 */
export function withoutStanzaIds(s: Stanza, isOurs: (by: Jid) => boolean): Stanza {
  return dropPayloads(s, 'stanza-id', NS_SID, (e) => {
    const by = addressOf(e.attrs['by'])
    return by !== undefined && isOurs(by)
  })
}

/** The stanza with the id that `by` gives it, in the place of any that claims to be given by the same. */
export function withStanzaId(s: Stanza, id: string, by: Jid): Stanza {
  const clean = withoutStanzaIds(s, (claimed) => claimed === by)
  return appendPayload(clean, renderStanzaId({ id, by }))
}

/** As nearly every client writes it. */
const PLAIN_ORIGIN_ID = /<origin-id(?:\s+xmlns=(['"])urn:xmpp:sid:0\1|\s+id=(['"])([^'"<>&\s]+)\2){2}\s*\/>/

/** XEP-0359 §2.2: the id that the sender has given, if any. */
export function originIdOf(s: Stanza): string | undefined {
  if (!hasPayload(s, 'origin-id', NS_SID)) return undefined
  const { inner } = s
  // Where its name stands but once, it stands there: to parse all of the content takes 20 times as long.
  const isOnly = inner.indexOf('origin-id') === inner.lastIndexOf('origin-id')
  const plain = isOnly ? PLAIN_ORIGIN_ID.exec(inner)?.[3] : undefined
  return plain ?? payload(s, 'origin-id', NS_SID)?.attrs['id']
}

export function renderOriginId(id: string): Element {
  return el('origin-id', NS_SID, { id })
}
