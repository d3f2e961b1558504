import { type BareJid, bareOf, type DomainJid, isFull, JidError, parseJid, prepareResource } from '@jabiru/jid'
import { NS, Refusal } from '@jabiru/stanza'
import { child, children, type Element, el, textOf } from '@jabiru/xml'
import { isTrue } from './numbers.ts'

/** The address of a contact: a person, or a service. */
export type ContactJid = BareJid | DomainJid

/** RFC 6121 §2.1.2.5. */
export const SUBSCRIPTIONS = ['none', 'to', 'from', 'both'] as const
export type Subscription = (typeof SUBSCRIPTIONS)[number]

/** RFC 6121 §2.1.2: what the owner of a roster has on one contact. */
export interface RosterItem {
  readonly jid: ContactJid
  /** Empty for none. RFC 6121 §2.4.1. */
  readonly name: string
  readonly groups: readonly string[]
  readonly subscription: Subscription
  /** A subscription request of the owner's is not answered yet. RFC 6121 §2.1.2.2. */
  readonly ask: boolean
  /** The contact's request is approved before it has come. RFC 6121 §3.4. */
  readonly approved: boolean
}

/** RFC 6121 §2.1.5: what a client asks of its roster. */
export type RosterSet =
  | { readonly do: 'put'; readonly jid: ContactJid; readonly name: string; readonly groups: readonly string[] }
  | { readonly do: 'remove'; readonly jid: ContactJid }

/** The limits that RFC 6121 §2.3.3 leaves to the server. Sizes in bytes of UTF-8. */
export interface RosterLimits {
  readonly nameBytes: number
  readonly groupBytes: number
  readonly groups: number
}

export const ROSTER_LIMITS: RosterLimits = { nameBytes: 1023, groupBytes: 1023, groups: 64 }

/** RFC 6121 §2.1.3: a roster get. `ver` is what the client has; undefined when it knows no versions. */
export function parseRosterGet(query: Element): { readonly ver: string | undefined } {
  if (child(query, 'item') !== undefined) throw new Refusal('bad-request', { text: 'a roster get has no items' })
  return { ver: query.attrs['ver'] }
}

/** RFC 6121 §2.3.3: a roster set of the owner's, or the Refusal that its fault calls for. */
export function parseRosterSet(query: Element, owner: BareJid, limits: RosterLimits = ROSTER_LIMITS): RosterSet {
  const items = children(query).filter((e) => e.name === 'item' && e.ns === NS.roster)
  const [item] = items
  if (item === undefined || items.length > 1)
    throw new Refusal('bad-request', { text: 'a roster set has exactly one item' })
  const jid = contactOf(item)
  if (jid === owner) throw new Refusal('not-allowed', { text: 'nobody is their own contact' })
  // RFC 6121 §2.1.2.5: every other value is ignored
  if (item.attrs['subscription'] === 'remove') return { do: 'remove', jid }
  const name = item.attrs['name'] ?? ''
  if (isLonger(name, limits.nameBytes)) throw new Refusal('not-acceptable', { text: 'the name is too long' })
  return { do: 'put', jid, name, groups: groupsOf(item, limits) }
}

function contactOf(item: Element): ContactJid {
  const text = item.attrs['jid']
  if (text === undefined) throw new Refusal('bad-request', { text: 'an item has a jid' })
  try {
    const jid = parseJid(text)
    // A contact is subscribed to as a whole; RFC 6121 §3.1.1.
    if (isFull(jid)) throw new Refusal('bad-request', { text: 'a contact has no resource' })
    return bareOf(jid)
  } catch (err) {
    throw err instanceof JidError ? new Refusal('jid-malformed') : err
  }
}

function groupsOf(item: Element, limits: RosterLimits): readonly string[] {
  const groups = children(item).flatMap((e) => (e.name === 'group' && e.ns === NS.roster ? [textOf(e)] : []))
  if (groups.length > limits.groups) throw new Refusal('not-acceptable', { text: 'too many groups' })
  if (groups.includes('')) throw new Refusal('not-acceptable', { text: 'a group has a name' })
  if (groups.some((group) => isLonger(group, limits.groupBytes)))
    throw new Refusal('not-acceptable', { text: 'the name of a group is too long' })
  if (new Set(groups.map(comparable)).size < groups.length)
    throw new Refusal('bad-request', { text: 'a group is named twice' })
  return groups
}

/** RFC 6121 §2.3.3: groups are compared as resources are. What cannot be a resource is compared as it is. */
function comparable(group: string): string {
  try {
    return prepareResource(group)
  } catch (err) {
    if (err instanceof JidError) return group
    throw err
  }
}

function isLonger(text: string, bytes: number): boolean {
  // A UTF-16 unit is at most three bytes, so most names need no count.
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes
}

/** RFC 6121 §2.1.2: an item as it stands in a result or a push. */
export function renderRosterItem(item: RosterItem): Element {
  const attrs = {
    jid: item.jid,
    name: item.name === '' ? undefined : item.name,
    subscription: item.subscription,
    ask: item.ask ? 'subscribe' : undefined,
    approved: item.approved ? 'true' : undefined,
  }
  return el('item', NS.roster, attrs, ...item.groups.map((group) => el('group', NS.roster, {}, group)))
}

/** RFC 6121 §2.5.2: the item of a push that tells of a removal. */
export function renderRosterRemoval(jid: ContactJid): Element {
  return el('item', NS.roster, { jid, subscription: 'remove' })
}

/** The `<query/>` of a result or a push. */
export function renderRosterQuery(items: readonly Element[], ver?: string): Element {
  return el('query', NS.roster, { ver }, ...items)
}

/** An item as a client reads it from a result or a push; undefined for a removal. Throws Refusal as a set would. */
export function parseRosterItem(item: Element, limits: RosterLimits = ROSTER_LIMITS): RosterItem | undefined {
  const told = item.attrs['subscription'] ?? 'none'
  if (told === 'remove') return undefined
  return {
    jid: contactOf(item),
    name: item.attrs['name'] ?? '',
    groups: groupsOf(item, limits),
    subscription: SUBSCRIPTIONS.find((known) => known === told) ?? 'none',
    ask: item.attrs['ask'] === 'subscribe',
    approved: isTrue(item.attrs['approved']),
  }
}
