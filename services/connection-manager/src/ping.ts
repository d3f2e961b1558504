import { randomBytes } from 'node:crypto'
import type { DomainJid, FullJid } from '@jabiru/jid'
import { type Stanza, stanza } from '@jabiru/stanza'
import { el } from '@jabiru/xml'

/** Asks a client for a sign of life. Its answer is a stanza like any other. XEP-0199 §4.1. */
export function ping(from: DomainJid, to: FullJid): Stanza {
  const id = `ping-${randomBytes(6).toString('base64url')}`
  return stanza({ name: 'iq', type: 'get', id, from, to }, el('ping', 'urn:xmpp:ping'))
}
