import type { FullJid } from '@jabiru/jid'
import { parseRosterGet, parseRosterSet, type RosterSet, renderRosterItem, renderRosterQuery } from '@jabiru/protocol'
import { clark, NS, payload, Refusal, resultReply, type Stanza, stanza, stanzaOf } from '@jabiru/stanza'
import type { Element } from '@jabiru/xml'
import type { Decide, Decision, Out, Rules } from './decision.ts'
import { forPresence, toldOf, toldOfRemoval } from './items.ts'
import { blankItem, type Change, type Item, nextVersion, type Roster } from './roster.ts'

/** An iq of the user's client about its roster. RFC 6121 §2. */
export interface RosterRequest {
  readonly iq: Stanza
  readonly asker: FullJid
}

/** RFC 6121 §2.1.3 to §2.6. */
export const decideRequest: Decide<RosterRequest> = (roster, rules, { iq, asker }) => {
  const query = payload(iq, 'query', NS.roster)
  if (query === undefined) throw new Refusal('feature-not-implemented')
  if (iq.type === 'get') return get(roster, rules, { iq, asker }, parseRosterGet(query).ver)
  const asked = parseRosterSet(query, rules.owner, rules.limits.item)
  return asked.do === 'remove' ? remove(roster, rules, { iq, asker }, asked) : put(roster, rules, { iq, asker }, asked)
}

const answer = ({ iq, asker }: RosterRequest, ...payloads: readonly Element[]): Out => ({
  to: 'asker',
  asker,
  stanza: resultReply({ ...iq, from: asker }, ...payloads),
})

/** RFC 6121 §2.1.4, §2.6.3: the whole roster, or nothing and then what has changed since. */
function get(roster: Roster, rules: Rules, request: RosterRequest, ver: string | undefined): Decision {
  const changed = changedSince(roster, ver)
  if (changed === undefined) {
    const items = [...roster.items.values()].map(renderRosterItem)
    return { out: [answer(request, renderRosterQuery(items, String(roster.ver)))] }
  }
  const pushes = changed.map((told): Out => {
    const inner = `<query xmlns='${NS.roster}' ver='${told.ver}'>${told.item}</query>`
    const head = { name: 'iq', type: 'set', id: `push-${told.ver}`, from: rules.owner, to: request.asker } as const
    return { to: 'asker', asker: request.asker, stanza: stanzaOf(head, [clark('query', NS.roster)], inner) }
  })
  return { out: [answer(request), ...pushes] }
}

/** RFC 6121 §2.6.3: in order of modification; undefined where the whole roster is to be sent. */
function changedSince(roster: Roster, ver: string | undefined) {
  const known = ver !== undefined && /^\d{1,15}$/.test(ver) ? Number(ver) : undefined
  // A version of the future is one of a database that has been restored since.
  if (known === undefined || known < roster.forgotten || known > roster.ver) return undefined
  const items = [...roster.items.values()].filter((item) => item.ver > known)
  const removed = [...roster.removed].filter(([, at]) => at > known)
  if (items.length + removed.length > Math.max(roster.items.size, 1)) return undefined
  const told = [
    ...items.map((item) => toldOf(item, item.subscription)),
    ...removed.map(([jid, at]) => toldOfRemoval(blankItem(jid), at)),
  ]
  return told.sort((a, b) => Number(a.ver) - Number(b.ver))
}

/** RFC 6121 §2.3, §2.4: the item is as it was set; the subscription is not the client's to set. */
function put(roster: Roster, rules: Rules, request: RosterRequest, asked: RosterSet & { do: 'put' }): Decision {
  const before = roster.items.get(asked.jid)
  if (before === undefined && roster.items.size >= rules.limits.items)
    throw new Refusal('resource-constraint', { text: 'the roster is full' })
  const ver = nextVersion(roster, rules.now)
  const item: Item = { ...(before ?? blankItem(asked.jid)), name: asked.name, groups: asked.groups, ver }
  const told = toldOf(item, item.subscription)
  return { change: { contact: asked.jid, ver, item }, out: [answer(request), { to: 'push', told }] }
}

/** RFC 6121 §2.5: what the two had with each other ends on both sides. */
function remove(roster: Roster, rules: Rules, request: RosterRequest, { jid }: RosterSet): Decision {
  const item = roster.items.get(jid)
  if (item === undefined) throw new Refusal('item-not-found') // RFC 6121 §2.5.3
  const ver = nextVersion(roster, rules.now)
  const told = toldOfRemoval(item, ver)
  const change: Change = { contact: jid, ver, item: 'removed', ...forgetting(roster, rules) }
  const farewell = farewells(rules, item)
  return { change, out: [answer(request), ...forPresence(told), ...farewell, { to: 'push', told }] }
}

/** RFC 6121 §2.5.2: what a contact is sent when its item goes; a request that waits is taken back too. */
export function farewells({ owner, isReachable }: Pick<Rules, 'owner' | 'isReachable'>, item: Item): readonly Out[] {
  if (!isReachable(item.jid)) return []
  const say = (type: string): Out => ({
    to: 'contact',
    stanza: stanza({ name: 'presence', type, from: owner, to: item.jid }),
  })
  const sees = item.subscription === 'to' || item.subscription === 'both' || item.ask
  const isSeen = item.subscription === 'from' || item.subscription === 'both'
  return [...(sees ? [say('unsubscribe')] : []), ...(isSeen ? [say('unsubscribed')] : [])]
}

/** The older half of the removals goes when there are too many; who has an older version gets the whole roster. */
function forgetting({ removed }: Roster, { limits }: Rules): Pick<Change, 'forget'> {
  if (removed.size < limits.removals) return {}
  const versions = [...removed.values()].sort((a, b) => a - b)
  return { forget: versions[Math.floor(versions.length / 2)] ?? 0 }
}
