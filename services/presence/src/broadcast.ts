import { bareOf, domainOf, type FullJid, type Jid } from '@jabiru/jid'
import { type Stanza, stanza as stanzaWith, withHead } from '@jabiru/stanza'
import {
  type Account,
  availableOf,
  isOlder,
  isSubscriber,
  type Resource,
  resourceOf,
  subscribersOf,
  watchedBy,
  withResource,
} from './account.ts'
import type { Decide, Decision, Out, Rules } from './decision.ts'

/** A resource tells everybody that it is there, or not any more. */
export interface Availability {
  readonly resource: FullJid
  readonly gen: string
  /** Without `to`; of no type, or of type unavailable. */
  readonly stanza: Stanza
  /** It begins a presence session. RFC 6121 §4.2. */
  readonly initial: boolean
  /** Everybody has been told by the owner before this one. */
  readonly known?: boolean | undefined
  /** Whom it has told directly under that owner. */
  readonly directed?: readonly Jid[] | undefined
}

/** RFC 6121 §4.2.2, §4.4.2 and §4.5.2. */
export const decideAvailability: Decide<Availability> = (account, rules, availability) => {
  const { resource: jid, gen, stanza, initial } = availability
  const known = account.resources.get(jid)
  if (known !== undefined && isOlder(gen, known.gen)) return { account, out: [] }
  const told = withHead(stanza, { from: jid, to: undefined })
  const resource = resourceOf(account, jid, gen)
  if (availability.known) return introduced(account, rules, resource, availability)
  if (told.type !== undefined) return unavailable(account, rules, resource, told)
  const now = withResource(account, { ...resource, presence: told })
  const isInitial = initial || resource.presence === undefined
  return { account: now, out: [...broadcast(now, rules, told), ...(isInitial ? welcome(now, rules, jid) : [])] }
}

/** As the owner before knew it: who sees every change is not told of the end once more. */
function introduced(account: Account, rules: Rules, resource: Resource, availability: Availability): Decision {
  const { stanza, directed = [] } = availability
  const presence = stanza.type === undefined ? withHead(stanza, { from: resource.jid, to: undefined }) : undefined
  const told = directed.filter((to) => {
    const contact = bareOf(to)
    const sees = presence !== undefined && (contact === account.owner || isSubscriber(account, contact))
    return !sees && contact !== domainOf(account.owner) && rules.isReachable(contact)
  })
  const untold = presence === undefined ? [] : subscribersOf(account).filter((contact) => account.untold.has(contact))
  return {
    account: withResource(account, { ...resource, presence, directed: resource.directed.union(new Set(told)) }),
    out: presence === undefined || untold.length === 0 ? [] : [{ to: 'accounts', accounts: untold, stanza: presence }],
  }
}

/** To the subscribers, and to the account's own resources: everybody sees their own presence. RFC 6121 §4.2.2. */
function broadcast(account: Account, { isReachable }: Rules, stanza: Stanza): readonly Out[] {
  const accounts = [account.owner, ...subscribersOf(account).filter(isReachable)]
  return [{ to: 'accounts', accounts, stanza }]
}

/** RFC 6121 §4.3.1: what a new resource learns. Its probes carry its own address, so that the answers reach it alone. */
function welcome(account: Account, { isReachable }: Rules, jid: FullJid): readonly Out[] {
  const others = availableOf(account).filter((one) => one.jid !== jid)
  const present = others.map(
    ({ presence }): Out => ({ to: 'accounts', accounts: [account.owner], stanza: withHead(presence, { to: jid }) }),
  )
  const accounts = watchedBy(account).filter(isReachable)
  const probe = stanzaWith({ name: 'presence', type: 'probe', from: jid })
  return accounts.length === 0 ? present : [...present, { to: 'probe', accounts, stanza: probe }]
}

/** RFC 6121 §4.5.2 and §4.6.3 rule 2: those who were told directly learn it too. */
function unavailable(account: Account, rules: Rules, resource: Resource, stanza: Stanza): Decision {
  const now = withResource(account, { ...resource, presence: undefined, directed: new Set() })
  const wasAvailable = resource.presence !== undefined
  const known = new Set(wasAvailable ? [account.owner, ...subscribersOf(account)] : [])
  const directly = [...resource.directed].filter((jid) => !known.has(bareOf(jid)))
  return {
    account: now,
    out: [
      ...(wasAvailable ? broadcast(account, rules, stanza) : []),
      ...directly.map((to): Out => ({ to: 'accounts', accounts: [bareOf(to)], stanza: withHead(stanza, { to }) })),
    ],
  }
}
