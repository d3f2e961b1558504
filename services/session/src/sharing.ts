import { bareOf, type DomainJid, isDomain, type Jid } from '@jabiru/jid'
import { dropOldest } from '@jabiru/runtime'
import type { OwnerEnvelope } from '@jabiru/wire'
import type { Account, Session } from './account.ts'

/** Who may know that an account's resources are there. */
export interface Sharing {
  /** Whether an address has a subscription to the account's presence, or is of the account itself. */
  readonly isSubscribed: (account: Account, who: Jid) => Promise<boolean>
  /** The same, or one of the account's resources has told it of its presence, or it is a domain of ours. RFC 6121 §8.5.3.1. */
  readonly mayAsk: (account: Account, who: Jid) => Promise<boolean>
  /** A subscription is another one now. */
  readonly changed: (account: Account, change: Extract<OwnerEnvelope, { k: 'roster-changed' }>) => void
}

export interface SharingDeps {
  /** The account's contacts with their subscriptions, as roster has them. */
  readonly read: (account: Account) => Promise<readonly (readonly [contact: string, subscription: string])[]>
  readonly isServed: (domain: DomainJid) => boolean
}

/** So many addresses are remembered that a session has sent directed presence to. */
const DIRECTED = 1000

const sees = (subscription: string) => subscription === 'from' || subscription === 'both'

/** What roster says is asked once while an account is awake, and kept by what it tells of changes. */
export function createSharing({ read, isServed }: SharingDeps): Sharing {
  const subscribersOf = async (account: Account): Promise<ReadonlySet<string>> => {
    if (account.subscribers.known) return account.subscribers.known
    const asked = account.subscribers
    asked.reading ??= read(account)
    try {
      const items = await asked.reading
      const known = new Set(items.filter(([, subscription]) => sees(subscription)).map(([contact]) => contact))
      // A change that came in between is not in it, perhaps.
      if (account.subscribers === asked) account.subscribers = { known }
      return known
    } finally {
      delete asked.reading
    }
  }

  const isSubscribed = async (account: Account, who: Jid) => {
    const asker = bareOf(who)
    return asker === account.jid || (await subscribersOf(account)).has(asker)
  }

  return {
    isSubscribed,
    mayAsk: async (account, who) => {
      if (isDomain(who) && isServed(who)) return true
      const asker = bareOf(who)
      for (const { directed } of account.sessions.values()) if ([...directed.values()].includes(asker)) return true
      return isSubscribed(account, who)
    },
    changed: (account, { contact, subscription }) => {
      const { known } = account.subscribers
      if (known === undefined) account.subscribers = {}
      else if (sees(subscription)) known.add(contact)
      else known.delete(contact)
    },
  }
}

/** RFC 6121 §4.6: a session tells somebody of its presence, or of the end of it. */
export function noteDirected(session: Session, to: Jid, available: boolean): void {
  session.directed.delete(to)
  if (!available) return
  session.directed.set(to, bareOf(to))
  dropOldest(session.directed, DIRECTED)
}
