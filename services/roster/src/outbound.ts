import { bareOf, domainOf } from '@jabiru/jid'
import type { ContactJid } from '@jabiru/protocol'
import { Refusal, type Stanza, withHead } from '@jabiru/stanza'
import type { Decide, Decision, Rules } from './decision.ts'
import { forPresence, toldOf } from './items.ts'
import { blankItem, type Item, nextVersion, type Roster, stateWith } from './roster.ts'
import { type Cell, partsOf, type SubscriptionType, TRANSITIONS } from './states.ts'

/** A presence stanza that the user's client sends to change a subscription. RFC 6121 §3. */
export interface Outbound {
  readonly type: SubscriptionType
  readonly stanza: Stanza
}

/** RFC 6121 §3.1.2, §3.1.5, §3.2.2, §3.3.2, §3.4.2 and appendix A.2. */
export const decideOutbound: Decide<Outbound> = (roster, rules, { type, stanza }) => {
  const contact = contactOf(stanza, rules)
  // RFC 6121 §3.1.2: what cannot be routed changes nothing, and the user is told.
  if (type === 'subscribe' && contact === domainOf(rules.owner)) throw new Refusal('service-unavailable') // RFC 6120 §10.5.1
  if (type === 'subscribe' && !rules.isReachable(contact)) throw new Refusal('remote-server-not-found')
  const cell = TRANSITIONS.outbound[type][stateWith(roster, contact)]
  const changed = changeOf(roster, rules, contact, cell)
  const routed = withHead(stanza, { from: rules.owner, to: contact })
  const route: Decision['out'] = cell.pass && rules.isReachable(contact) ? [{ to: 'contact', stanza: routed }] : []
  if (changed === undefined) return { out: route }
  const { item, was, ...change } = changed
  if (item === undefined) return { change, out: route }
  const told = toldOf(item, was)
  const push = { to: 'push', told } as const
  // RFC 6121 §3.2.2: while the contact is still subscribed it learns that every resource is unavailable.
  const out = type === 'unsubscribed' ? [...forPresence(told), ...route, push] : [...route, push, ...forPresence(told)]
  return { change: { ...change, item }, out }
}

function contactOf({ to }: Stanza, { owner }: Rules): ContactJid {
  if (to === undefined) throw new Refusal('bad-request', { text: 'a subscription has a contact' })
  const contact = bareOf(to)
  if (contact === owner) throw new Refusal('not-allowed', { text: 'everybody sees their own presence' })
  return contact
}

/** The item and the request after the cell; undefined where neither changes. */
function changeOf(roster: Roster, rules: Rules, contact: ContactJid, cell: Cell) {
  const before = roster.items.get(contact)
  const { subscription, ask, asked } = partsOf(cell.next)
  const answered = roster.requests.has(contact) && !asked
  const approved = approvedAfter(before, cell)
  const isSame =
    before === undefined
      ? subscription === 'none' && !ask && !approved
      : before.subscription === subscription && before.ask === ask && before.approved === approved
  if (isSame && !answered) return undefined
  const ver = nextVersion(roster, rules.now)
  const request = answered ? ({ request: 'answered' } as const) : {}
  if (isSame) return { contact, ver, ...request, item: undefined, was: subscription }
  if (before === undefined && roster.items.size >= rules.limits.items)
    throw new Refusal('resource-constraint', { text: 'the roster is full' })
  const item: Item = { ...(before ?? blankItem(contact)), subscription, ask, approved, ver }
  return { contact, ver, ...request, item, was: before?.subscription ?? 'none' }
}

/** RFC 6121 §3.4.2, §3.2.2: noted where nobody has asked yet, and gone when the contact is answered either way. */
function approvedAfter(before: Item | undefined, cell: Cell): boolean {
  if (cell.also === 'approve') return true
  if (cell.also === 'cancel-approval') return false
  const { subscription } = partsOf(cell.next)
  return subscription === 'from' || subscription === 'both' ? false : (before?.approved ?? false)
}
