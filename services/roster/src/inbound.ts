import { bareOf } from '@jabiru/jid'
import type { ContactJid } from '@jabiru/protocol'
import { Refusal, type Stanza, stanza as stanzaWith, withHead, withPayloads } from '@jabiru/stanza'
import type { Decide, Decision, Out, Rules } from './decision.ts'
import { forPresence, toldOf } from './items.ts'
import { blankItem, type Item, nextVersion, type Roster, stateWith } from './roster.ts'
import { type Cell, partsOf, type State, type SubscriptionType, TRANSITIONS } from './states.ts'

/** A presence stanza of a contact's that changes a subscription. RFC 6121 §3. */
export interface Inbound {
  readonly type: SubscriptionType
  readonly stanza: Stanza
}

/** RFC 6121 §3.1.3, §3.1.6, §3.2.3, §3.3.3 and appendix A.3. */
export const decideInbound: Decide<Inbound> = (roster, rules, { type, stanza }) => {
  if (stanza.from === undefined) throw new Refusal('bad-request', { text: 'a subscription has a sender' })
  const contact = bareOf(stanza.from)
  // RFC 6121 §3.1.3: to whom it is sent is the account, whichever resource was named.
  const plain = withHead(stanza, { from: contact, to: rules.owner })
  if (contact === rules.owner) return { out: [] }
  const state = stateWith(roster, contact)
  if (type === 'subscribe' && roster.items.get(contact)?.approved === true) {
    const approval = APPROVED[state]
    if (approval !== undefined) return settle(roster, rules, plain, approval)
  }
  const cell = TRANSITIONS.inbound[type][state]
  if (type === 'subscribe' && cell.pass) return keepRequest(roster, rules, plain)
  return settle(roster, rules, plain, cell)
}

/** RFC 6121 §3.4.2 and appendix A.3.1 [1]: the request of a contact who is approved is answered and not delivered. */
const APPROVED: Partial<Record<State, Cell>> = {
  none: { pass: false, next: 'from', also: 'reply-subscribed' },
  'none+out': { pass: false, next: 'from+out', also: 'reply-subscribed' },
  to: { pass: false, next: 'both', also: 'reply-subscribed' },
}

/** RFC 6121 §3.1.3: delivered now and at each login until it is answered; one of each contact. No item is made. */
function keepRequest(roster: Roster, { limits }: Rules, request: Stanza): Decision {
  if (request.from === undefined) return { out: [] }
  if (roster.requests.size >= limits.requests)
    throw new Refusal('resource-constraint', { text: 'too many requests wait for an answer' })
  const isLong = Buffer.byteLength(request.inner) > limits.requestBytes
  const kept = isLong ? withPayloads(request) : request
  return {
    change: { contact: bareOf(request.from), ver: roster.ver, request: kept },
    out: [{ to: 'user', stanza: kept }],
  }
}

function settle(roster: Roster, rules: Rules, stanza: Stanza, cell: Cell): Decision {
  const { from } = stanza
  if (from === undefined) return { out: [] }
  const contact = bareOf(from)
  const deliver: readonly Out[] = cell.pass ? [{ to: 'user', stanza }] : []
  const reply = replyTo(rules, contact, stanza, cell)
  const item = itemAfter(roster, rules, contact, cell)
  const answered = roster.requests.has(contact) && !partsOf(cell.next).asked
  const request = answered ? ({ request: 'answered' } as const) : {}
  const ver = item?.ver ?? roster.ver
  if (item === undefined) {
    const out = [...deliver, ...reply]
    return answered ? { change: { contact, ver, ...request }, out } : { out }
  }
  const told = toldOf(item, roster.items.get(contact)?.subscription ?? 'none')
  // RFC 6121 §3.1.6, §3.2.3, §3.3.3: the stanza before the push, which it explains.
  const out: readonly Out[] = [...deliver, { to: 'push', told }, ...forPresence(told), ...reply]
  return { change: { contact, ver, item, ...request }, out }
}

/** The item after the cell; undefined where it stays as it is, or where there is none and none is made. */
function itemAfter(roster: Roster, rules: Rules, contact: ContactJid, cell: Cell): Item | undefined {
  const before = roster.items.get(contact)
  const { subscription, ask } = partsOf(cell.next)
  const old = before ?? blankItem(contact)
  if (old.subscription === subscription && old.ask === ask) return undefined
  const isUsed = subscription === 'from' || subscription === 'both'
  return { ...old, subscription, ask, approved: old.approved && !isUsed, ver: nextVersion(roster, rules.now) }
}

/** RFC 6121 §3.1.3 rule 2, appendix A.3.1 [2] and A.3.2 [1]; with the id of what it answers. */
function replyTo({ owner, isReachable }: Rules, contact: ContactJid, { id }: Stanza, cell: Cell): readonly Out[] {
  if (cell.also !== 'reply-subscribed' && cell.also !== 'reply-unsubscribed') return []
  if (!isReachable(contact)) return []
  const type = cell.also === 'reply-subscribed' ? 'subscribed' : 'unsubscribed'
  const stanza = stanzaWith({ name: 'presence', type, id, from: owner, to: contact })
  return [{ to: 'contact', stanza }]
}
