import type { ContactJid, RosterItem } from '@jabiru/protocol'
import type { Stanza } from '@jabiru/stanza'
import { type State, stateOf } from './states.ts'

/** An item with the version of the roster at which it last changed. */
export interface Item extends RosterItem {
  readonly ver: number
}

/** What is kept of one account. Only `apply` changes it, after the change is committed. */
export interface Roster {
  readonly ver: number
  readonly items: ReadonlyMap<ContactJid, Item>
  /** Contacts that were removed, with the version of their removal. */
  readonly removed: ReadonlyMap<ContactJid, number>
  /** Removals up to this version are forgotten. */
  readonly forgotten: number
  /** Requests that wait for the user's answer, as they came. RFC 6121 §3.1.3. */
  readonly requests: ReadonlyMap<ContactJid, Stanza>
}

/** What a command changes: one contact at a time. */
export interface Change {
  readonly contact: ContactJid
  /** The new version where the item changes. */
  readonly ver: number
  readonly item?: Item | 'removed'
  readonly request?: Stanza | 'answered'
  /** Forget removals up to this version. */
  readonly forget?: number
}

/** An account without contacts. */
export const EMPTY: Roster = { ver: 0, items: new Map(), removed: new Map(), forgotten: 0, requests: new Map() }

/** The roster after a change. */
export function apply(roster: Roster, change: Change): Roster {
  const { contact, ver, item, request, forget } = change
  return {
    ver: item === undefined ? roster.ver : ver,
    items: item === undefined ? roster.items : changed(roster.items, contact, item === 'removed' ? undefined : item),
    removed: item === undefined ? roster.removed : removals(roster.removed, change),
    forgotten: Math.max(roster.forgotten, forget ?? 0),
    requests:
      request === undefined
        ? roster.requests
        : changed(roster.requests, contact, request === 'answered' ? undefined : request),
  }
}

function changed<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): ReadonlyMap<K, V> {
  const copy = new Map(map)
  if (value === undefined) copy.delete(key)
  else copy.set(key, value)
  return copy
}

function removals(removed: Roster['removed'], { contact, ver, item, forget = 0 }: Change): Roster['removed'] {
  const now = changed(removed, contact, item === 'removed' ? ver : undefined)
  return forget === 0 ? now : new Map([...now].filter(([, at]) => at > forget))
}

/** How things stand between the user and a contact. A contact who is not in the roster is "none". RFC 6121 A.1. */
export function stateWith(roster: Roster, contact: ContactJid): State {
  const item = roster.items.get(contact)
  return stateOf({
    subscription: item?.subscription ?? 'none',
    ask: item?.ask ?? false,
    asked: roster.requests.has(contact),
  })
}

/** An item for a contact who has none. */
export function blankItem(contact: ContactJid): Item {
  return { jid: contact, name: '', groups: [], subscription: 'none', ask: false, approved: false, ver: 0 }
}

/** A version above every earlier one, those of a restored database included: milliseconds of the clock. */
export function nextVersion(roster: Roster, now: number): number {
  return Math.max(roster.ver + 1, now)
}
