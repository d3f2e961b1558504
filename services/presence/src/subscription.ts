import { bareOf } from '@jabiru/jid'
import { type ContactJid, isBlocked, type Subscription } from '@jabiru/protocol'
import { type Stanza, stanza } from '@jabiru/stanza'
import { type Account, availableOf, isSubscriber } from './account.ts'
import type { Decide, Out } from './decision.ts'

/** The account's roster has changed: who may see it, and whom it sees. */
export interface RosterChange {
  readonly contact: ContactJid
  readonly subscription: Subscription | 'remove'
  /** What it was before. */
  readonly was?: Subscription
  readonly ver: number
}

/** RFC 6121 §3.1.5: who begins to see the account learns who is there; §3.2.2, §3.3.3: who ceases to, that nobody is. */
export const decideRosterChange: Decide<RosterChange> = (account, rules, change) => {
  const { contact, subscription, ver } = change
  if (ver <= account.firstVer) return decideAgain(account, rules, change)
  // What the roster said since then holds this change already, and it was told.
  if (ver <= account.ver) return { account, out: [] }
  const contacts = new Map(account.contacts)
  if (subscription === 'remove') contacts.delete(contact)
  else contacts.set(contact, subscription)
  const now: Account = { ...account, contacts, ver }
  const [saw, sees] = [isSubscriber(account, contact), isSubscriber(now, contact)]
  if (saw === sees || !rules.isReachable(contact) || isBlocked(now.blocked, contact)) return { account: now, out: [] }
  if (sees) return { account: now, out: beginsToSee(now, contact) }
  const gone = ceasesToSee(now, contact)
  // RFC 6121 §4.6.1: also what was told directly ends with the subscription.
  return { account: withoutDirected(now, contact), out: gone }
}

/**
 * The roster held this change when this owner read it first. The owner before may have left, or died, before it had told anybody:
 * it is told once more, now and for each resource that is introduced later.
 */
const decideAgain: Decide<RosterChange> = (account, { isReachable }, { contact, subscription, was }) => {
  const isStill = (account.contacts.get(contact) ?? 'remove') === subscription
  const [saw, sees] = [was === 'from' || was === 'both', isSubscriber(account, contact)]
  if (!isStill || saw === sees || !isReachable(contact) || isBlocked(account.blocked, contact))
    return { account, out: [] }
  if (!sees) return { account, out: ceasesToSee(account, contact) }
  return { account: { ...account, untold: new Set([...account.untold, contact]) }, out: beginsToSee(account, contact) }
}

const beginsToSee = (account: Account, contact: ContactJid): readonly Out[] =>
  availableOf(account).map(({ presence }) => told(contact, presence))

const ceasesToSee = (account: Account, contact: ContactJid): readonly Out[] =>
  availableOf(account).map(({ jid }) => told(contact, stanza({ name: 'presence', type: 'unavailable', from: jid })))

/** What the roster says now, which may be more than was told of: a roster that failed after its commit tells nobody. */
export interface Refresh {
  readonly ver: number
  readonly items: ReadonlyMap<ContactJid, Subscription>
}

/** As if every difference had been told. */
export const decideRefresh: Decide<Refresh> = (account, rules, { ver, items }) => {
  if (ver <= account.ver) return { account, out: [] }
  const out: Out[] = []
  let now = account
  for (const contact of new Set([...account.contacts.keys(), ...items.keys()])) {
    const subscription = items.get(contact) ?? 'remove'
    if ((account.contacts.get(contact) ?? 'remove') === subscription) continue
    const step = decideRosterChange({ ...now, ver: account.ver }, rules, { contact, subscription, ver })
    now = step.account
    out.push(...step.out)
  }
  return { account: { ...now, ver }, out }
}

function told(contact: ContactJid, presence: Stanza): Out {
  return { to: 'accounts', accounts: [contact], stanza: presence }
}

function withoutDirected(account: Account, contact: ContactJid): Account {
  const resources = [...account.resources].map(([jid, one]) => {
    const directed = new Set([...one.directed].filter((to) => bareOf(to) !== contact))
    return [jid, { ...one, directed }] as const
  })
  return { ...account, resources: new Map(resources) }
}
