import { hasHint, NS_CARBONS } from '@jabiru/protocol'
import { hasNamespace, hasPayload, messageType, NS, payload, type Stanza } from '@jabiru/stanza'
import { child } from '@jabiru/xml'

type Direction = 'sent' | 'received'

const MUC_USER = 'http://jabber.org/protocol/muc#user'

/** XEP-0280 §6.1: payloads that make a message part of a conversation though it has no body. */
const IM_PAYLOADS = [
  'http://jabber.org/protocol/chatstates',
  'urn:xmpp:receipts',
  'urn:xmpp:chat-markers:0',
  'urn:xmpp:jingle-message:0',
  'urn:xmpp:message-correct:0',
  'urn:xmpp:reactions:0',
  'eu.siacs.conversations.axolotl',
  'urn:xmpp:omemo:2',
]

/** XEP-0045 §7.8.2: an invitation through a room. */
function isMediatedInvite(s: Stanza): boolean {
  const x = payload(s, 'x', MUC_USER)
  return x !== undefined && child(x, 'invite', MUC_USER) !== undefined
}

interface Rule {
  readonly rule: string
  readonly when: (s: Stanza, direction: Direction) => boolean
  readonly copy: boolean
}

/** XEP-0280 §6.1 as a table, first match wins. */
const RULES: readonly Rule[] = [
  { rule: 'private', when: (s) => hasPayload(s, 'private', NS_CARBONS), copy: false },
  { rule: 'no-copy', when: (s) => hasHint(s, 'no-copy'), copy: false },
  { rule: 'carbon', when: (s) => hasNamespace(s, NS_CARBONS), copy: false },
  { rule: 'groupchat', when: (s) => messageType(s.type) === 'groupchat', copy: false },
  { rule: 'muc-invite', when: (s) => hasNamespace(s, 'jabber:x:conference') || isMediatedInvite(s), copy: true },
  {
    rule: 'muc-pm-received',
    when: (s, direction) => direction === 'received' && hasPayload(s, 'x', MUC_USER),
    copy: false,
  },
  { rule: 'chat', when: (s) => messageType(s.type) === 'chat', copy: true },
  {
    rule: 'normal-with-body',
    when: (s) => messageType(s.type) === 'normal' && hasPayload(s, 'body', NS.client),
    copy: true,
  },
  {
    rule: 'im-payload',
    when: (s) => messageType(s.type) === 'normal' && IM_PAYLOADS.some((ns) => hasNamespace(s, ns)),
    copy: true,
  },
]

/**
 * Whether the account's other resources get a copy, and by which rule. XEP-0280 §6.1.
 * NOTSPEC(XEP-0280 §6.1): an error that answers an eligible message is not copied; nothing is kept of what it answers.
 */
export function shouldCopy(message: Stanza, direction: Direction): { readonly copy: boolean; readonly rule: string } {
  const { copy, rule } = RULES.find((row) => row.when(message, direction)) ?? { copy: false, rule: 'default' }
  return { copy, rule }
}
