import type { BareJid, FullJid, Jid } from '@jabiru/jid'
import { type ContactJid, isBlocked, type Subscription } from '@jabiru/protocol'
import type { Stanza } from '@jabiru/stanza'

/** What is known of one resource: what it broadcast last, and whom it has told beyond its subscribers. */
export interface Resource {
  readonly jid: FullJid
  /** The generation of its session; what comes under a lower one is of an older socket. */
  readonly gen: string
  /** Its last available presence, as it came; undefined while it is not available. */
  readonly presence: Stanza | undefined
  /** Addresses that directed presence went to. RFC 6121 §4.6. */
  readonly directed: ReadonlySet<Jid>
}

/** Who sees whom around one account. Each change makes a new value. */
export interface Account {
  readonly owner: BareJid
  readonly resources: ReadonlyMap<FullJid, Resource>
  /** What the roster says of each contact, as of `ver`. */
  readonly contacts: ReadonlyMap<ContactJid, Subscription>
  readonly ver: number
  /** What it was when this owner read it first: the owner before may have told nobody of what it holds. */
  readonly firstVer: number
  /** Who has begun to see the account by a change which that held. */
  readonly untold: ReadonlySet<ContactJid>
  /** Whom the account has blocked. XEP-0191. */
  readonly blocked: ReadonlySet<Jid>
}

/** An account of which nobody is there. */
export function emptyAccount(owner: BareJid, contacts: Account['contacts'], ver: number): Account {
  return { owner, resources: new Map(), contacts, ver, firstVer: ver, untold: new Set(), blocked: new Set() }
}

/** The resource under the generation of its session now, or a fresh one that is not available. A resumption raises it. */
export function resourceOf(account: Account, jid: FullJid, gen: string): Resource {
  const known = account.resources.get(jid)
  return { jid, gen, presence: known?.presence, directed: known?.directed ?? new Set() }
}

/** The account with a resource as it is now. One that is neither available nor has told anybody is forgotten. */
export function withResource(account: Account, resource: Resource): Account {
  const resources = new Map(account.resources)
  if (resource.presence === undefined && resource.directed.size === 0) resources.delete(resource.jid)
  else resources.set(resource.jid, resource)
  return { ...account, resources }
}

/** The available resources, in the order in which they came. */
export function availableOf(account: Account): readonly (Resource & { readonly presence: Stanza })[] {
  return [...account.resources.values()].flatMap((one) =>
    one.presence === undefined ? [] : [{ ...one, presence: one.presence }],
  )
}

/** Whether the contact sees the account's presence. RFC 6121 §4.2.2. */
export function isSubscriber(account: Account, contact: ContactJid): boolean {
  const subscription = account.contacts.get(contact)
  return subscription === 'from' || subscription === 'both'
}

/** Those who see the account's presence: who is blocked does not. */
export function subscribersOf(account: Account): readonly ContactJid[] {
  const { contacts, blocked } = account
  return [...contacts.keys()].filter((contact) => isSubscriber(account, contact) && !isBlocked(blocked, contact))
}

/** Those whose presence the account sees: of who is blocked it wants none. */
export function watchedBy({ contacts, blocked }: Account): readonly ContactJid[] {
  return [...contacts].flatMap(([contact, subscription]) =>
    (subscription === 'to' || subscription === 'both') && !isBlocked(blocked, contact) ? [contact] : [],
  )
}

/** Whether a generation, `<token>.<counter>`, is below another. */
export function isOlder(gen: string, than: string): boolean {
  const [token = 0, counter = 0] = gen.split('.').map(Number)
  const [otherToken = 0, otherCounter = 0] = than.split('.').map(Number)
  return token < otherToken || (token === otherToken && counter < otherCounter)
}
