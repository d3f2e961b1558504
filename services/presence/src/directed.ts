import { bareOf, domainOf, type FullJid } from '@jabiru/jid'
import { Refusal, type Stanza, withHead } from '@jabiru/stanza'
import { isOlder, isSubscriber, type Resource, resourceOf, withResource } from './account.ts'
import type { Decide } from './decision.ts'

/** A resource tells somebody in particular that it is there, or not any more; or asks, which it need not. */
export interface Directed {
  readonly resource: FullJid
  readonly gen: string
  /** With `to`; of no type, unavailable or probe. */
  readonly stanza: Stanza
}

/** RFC 6121 §4.6.3, and §4.3 for probes of clients. */
export const decideDirected: Decide<Directed> = (account, rules, { resource: jid, gen, stanza }) => {
  const { to, type } = stanza
  const known = account.resources.get(jid)
  if (to === undefined || (known !== undefined && isOlder(gen, known.gen))) return { account, out: [] }
  const contact = bareOf(to)
  // RFC 6120 §10.5.1: the server itself has heard it.
  if (contact === domainOf(account.owner)) return { account, out: [] }
  if (!rules.isReachable(contact)) throw new Refusal('remote-server-not-found')
  const told = withHead(stanza, { from: jid })
  if (type === 'probe') return { account, out: [{ to: 'probe', accounts: [contact], stanza: told }] }
  const resource = resourceOf(account, jid, gen)
  const directed = new Set(resource.directed)
  // Rule 1: who is told of every change is told of the end too. Rule 3: a resource that is not available has no subscribers.
  const isTold = resource.presence !== undefined && (contact === account.owner || isSubscriber(account, contact))
  if (type !== undefined) directed.delete(to)
  else if (!isTold) directed.add(to)
  if (directed.size > rules.directed) throw new Refusal('resource-constraint', { text: 'too many were told directly' })
  const now: Resource = { ...resource, directed }
  return { account: withResource(account, now), out: [{ to: 'accounts', accounts: [contact], stanza: told }] }
}
