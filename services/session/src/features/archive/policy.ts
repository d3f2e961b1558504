import { hasHint, NS_HINTS, NS_SID } from '@jabiru/protocol'
import { messageType, NS, type Stanza } from '@jabiru/stanza'

/** What is kept of a message, and the rule that says so. */
export interface Storage {
  readonly rule: string
  /** In the archive for good; without it, only until a device has confirmed it. */
  readonly archived: boolean
  /** A device that comes later is given it. XEP-0160. */
  readonly offline: boolean
}

const NOTHING = { archived: false, offline: false }
const EVERYTHING = { archived: true, offline: true }

/** Payloads that mean nothing once the moment has passed, and those that say nothing by themselves. */
const PASSING = [
  '{http://jabber.org/protocol/chatstates}',
  `{${NS_HINTS}}`,
  `{${NS_SID}}`,
  '{urn:xmpp:delay}',
  `{${NS.client}}thread`,
  '{http://jabber.org/protocol/nick}',
]

const isPassing = (s: Stanza) => s.payloads.every((name) => PASSING.some((prefix) => name.startsWith(prefix)))
const isType = (type: string) => (s: Stanza) => messageType(s.type) === type

/** First match wins. XEP-0313 §5.1, XEP-0160 §3, XEP-0334 §4. */
const RULES: readonly (Omit<Storage, 'rule'> & { readonly rule: string; readonly when: (s: Stanza) => boolean })[] = [
  { rule: 'error', when: isType('error'), ...NOTHING },
  // A room has an archive of its own.
  { rule: 'groupchat', when: isType('groupchat'), ...NOTHING },
  // XEP-0334 §4.4: what its sender holds worth keeping is, unless it is not to be.
  { rule: 'headline', when: (s) => isType('headline')(s) && !hasHint(s, 'store'), ...NOTHING },
  { rule: 'no-store', when: (s) => hasHint(s, 'no-store'), ...NOTHING },
  { rule: 'no-permanent-store', when: (s) => hasHint(s, 'no-permanent-store'), archived: false, offline: true },
  { rule: 'store', when: (s) => hasHint(s, 'store'), ...EVERYTHING },
  { rule: 'passing', when: isPassing, ...NOTHING },
  { rule: 'content', when: () => true, ...EVERYTHING },
]

export function storageOf(message: Stanza): Storage {
  const { rule, archived, offline } = RULES.find((row) => row.when(message)) ?? { rule: 'none', ...NOTHING }
  return { rule, archived, offline }
}
