import { renderRosterItem, renderRosterRemoval, type Subscription } from '@jabiru/protocol'
import { NS } from '@jabiru/stanza'
import { serialize } from '@jabiru/xml'
import type { Out, Told } from './decision.ts'
import type { Item } from './roster.ts'

/** What others are told of an item that has changed. */
export function toldOf(item: Item, was: Subscription): Told {
  return {
    contact: item.jid,
    subscription: item.subscription,
    was,
    item: serialize(renderRosterItem(item), NS.roster),
    ver: String(item.ver),
  }
}

/** What others are told of an item that is gone. */
export function toldOfRemoval({ jid, subscription }: Item, ver: number): Told {
  const item = serialize(renderRosterRemoval(jid), NS.roster)
  return { contact: jid, subscription: 'remove', was: subscription, item, ver: String(ver) }
}

/** Who sees whom is told to presence when it has changed, and only then. */
export function forPresence(told: Told): readonly Out[] {
  const now = told.subscription === 'remove' ? 'none' : told.subscription
  return now === told.was ? [] : [{ to: 'presence', told }]
}
