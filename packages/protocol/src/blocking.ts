import { bareOf, domainOf, type Jid } from '@jabiru/jid'
import { Refusal } from '@jabiru/stanza'
import { children, type Element, el } from '@jabiru/xml'
import { addressOf } from './payloads.ts'

export const NS_BLOCKING = 'urn:xmpp:blocking'
export const NS_BLOCKING_ERRORS = 'urn:xmpp:blocking:errors'

/** XEP-0191 §5: the address itself, its bare form, its domain. `domain/resource` is met by that resource alone. */
export function isBlocked(blocked: ReadonlySet<Jid>, who: Jid): boolean {
  if (blocked.size === 0) return false
  return blocked.has(who) || blocked.has(bareOf(who)) || blocked.has(domainOf(who))
}

/** The addresses of a `<block/>`, an `<unblock/>` or a `<blocklist/>`, each once. Throws Refusal. */
export function parseBlocking(e: Element): readonly Jid[] {
  const items = children(e).filter(({ name, ns }) => name === 'item' && ns === NS_BLOCKING)
  return [...new Set(items.map(jidOf))]
}

function jidOf({ attrs }: Element): Jid {
  const text = attrs['jid']
  if (text === undefined) throw new Refusal('bad-request', { text: 'an item has a jid' })
  const jid = addressOf(text)
  if (jid === undefined) throw new Refusal('jid-malformed')
  return jid
}

export function renderBlocking(name: 'block' | 'unblock' | 'blocklist', jids: Iterable<Jid>): Element {
  return el(name, NS_BLOCKING, {}, ...[...jids].map((jid) => el('item', NS_BLOCKING, { jid })))
}

/** XEP-0191 §3.3: what somebody is told who writes to an address that they have blocked. */
export function refusalOfBlocked(): Refusal {
  return new Refusal('not-acceptable', { app: el('blocked', NS_BLOCKING_ERRORS), type: 'cancel' })
}
