import { type BareJid, bareOf, parseJid } from '@jabiru/jid'
import { type ContactJid, SUBSCRIPTIONS } from '@jabiru/protocol'
import { NS, renderStanza, type Stanza, stanzaFrom } from '@jabiru/stanza'
import { type Database, type Fence, fenced, type Param } from '@jabiru/store'
import { parseElement } from '@jabiru/xml'
import { type Change, EMPTY, type Item, type Roster } from '../roster.ts'
import type { RosterStore } from './store.ts'

const SERVICE = 'roster'

/** A removed contact's row stays with this in the place of its subscription. */
const REMOVED = 'remove'

/** The row of this contact, whom nobody can have, keeps the version up to which removals are forgotten. */
const FORGOTTEN = ''

interface ItemRow {
  readonly contact: string
  readonly name: string | null
  readonly subscription: string
  readonly ask: boolean
  readonly approved: boolean
  readonly groups: readonly string[]
  readonly ver: number
}

interface RequestRow {
  readonly contact: string
  readonly stanza: string
}

interface RosterRow {
  readonly known: boolean | null
  readonly ver: number | null
  readonly items: readonly ItemRow[]
  readonly requests: readonly RequestRow[]
}

/** One statement: it is read at each login. */
const READ = `select (select true from account where jid = $1) as known,
  (select ver from roster_version where owner = $1) as ver,
  (select coalesce(jsonb_agg(jsonb_build_object('contact', contact, 'name', name, 'subscription', subscription,
     'ask', ask, 'approved', approved, 'groups', groups, 'ver', ver)), '[]') from roster_item where owner = $1) as items,
  (select coalesce(jsonb_agg(jsonb_build_object('contact', contact, 'stanza', stanza) order by at, contact), '[]')
     from roster_request where owner = $1) as requests`

const PUT_ITEM = `insert into roster_item (owner, contact, name, subscription, ask, approved, groups, ver)
  select $1, $2, $3, $4, $5::boolean, $6::boolean, $7::text[], $8::bigint from fence
  on conflict (owner, contact) do update set name = excluded.name, subscription = excluded.subscription,
    ask = excluded.ask, approved = excluded.approved, groups = excluded.groups, ver = excluded.ver`
const PUT_VERSION = `insert into roster_version (owner, ver) select $1, $8::bigint from fence
  on conflict (owner) do update set ver = greatest(roster_version.ver, excluded.ver) returning ver`
const FORGET = `delete from roster_item using fence
  where owner = $1 and subscription = '${REMOVED}' and ver <= $9::bigint and contact not in ($2, '${FORGOTTEN}')`
const PUT_FORGOTTEN = `insert into roster_item (owner, contact, subscription, ask, approved, groups, ver)
  select $1, '${FORGOTTEN}', '${REMOVED}', false, false, '{}', $9::bigint from fence
  on conflict (owner, contact) do update set ver = greatest(roster_item.ver, excluded.ver)`
const PUT_REQUEST = `insert into roster_request (owner, contact, stanza, at) select $1, $2, $3, now() from fence
  on conflict (owner, contact) do nothing`
const DROP_REQUEST = 'delete from roster_request using fence where owner = $1 and contact = $2'
// An account that has the name since, and lives, keeps what it has.
const ERASE = 'using fence where owner = $1 and not exists (select from account where jid = $1 and enabled)'

/** Rosters in the database. Every write is one fenced statement. */
export function databaseRosters(db: Database): RosterStore {
  const run = async (lease: Fence, sql: string, params: readonly Param[], parts: Readonly<Record<string, string>>) => {
    const rows = await fenced(db, { service: SERVICE, ...lease }, { sql, params, with: parts })
    return rows === 'fenced' ? rows : 'written'
  }
  const row = async (owner: BareJid): Promise<RosterRow> => {
    const [one] = await db.query<RosterRow>(READ, [owner])
    return one ?? { known: false, ver: 0, items: [], requests: [] }
  }
  return {
    read: async (owner) => {
      const { known, ver, items, requests } = await row(owner)
      return known === true ? rosterOf(ver ?? 0, items, requests) : undefined
    },
    blocked: async (owner) => {
      const rows = await db.query<{ readonly jid: string }>('select jid from blocked where owner = $1', [owner])
      return new Set(rows.map(({ jid }) => parseJid(jid)))
    },
    remains: async (owner) => {
      const lives = await db.query('select from account where jid = $1 and enabled', [owner])
      if (lives.length > 0) return EMPTY
      const { items, requests } = await row(owner)
      return rosterOf(0, items, requests)
    },
    write: async (lease, owner, change) => {
      if (change.item !== undefined) return run(lease, PUT_VERSION, itemParams(owner, change), itemParts(change))
      if (change.request === undefined) return 'written'
      if (change.request === 'answered')
        return run(lease, `${DROP_REQUEST} returning owner`, [owner, change.contact], {})
      const xml = renderStanza(change.request, NS.client)
      return run(lease, `${PUT_REQUEST} returning owner`, [owner, change.contact, xml], {})
    },
    erase: (lease, owner) =>
      run(lease, `delete from roster_version ${ERASE} returning owner`, [owner], {
        items: `delete from roster_item ${ERASE}`,
        requests: `delete from roster_request ${ERASE}`,
      }),
  }
}

/** An item's change takes an answered request with it; a new request never comes with one. */
function itemParts({ request, forget }: Change): Readonly<Record<string, string>> {
  return {
    item: PUT_ITEM,
    ...(request === undefined ? {} : { request: DROP_REQUEST }),
    ...(forget === undefined ? {} : { forget: FORGET, forgotten: PUT_FORGOTTEN }),
  }
}

function itemParams(owner: BareJid, { contact, ver, item, forget }: Change): readonly Param[] {
  const at = forget === undefined ? [] : [forget]
  if (item === undefined || item === 'removed') return [owner, contact, null, REMOVED, false, false, [], ver, ...at]
  return [owner, contact, item.name, item.subscription, item.ask, item.approved, item.groups, ver, ...at]
}

function rosterOf(ver: number, rows: readonly ItemRow[], requests: readonly RequestRow[]): Roster {
  const contacts = rows.filter((row) => row.contact !== FORGOTTEN)
  const items = contacts.filter((row) => row.subscription !== REMOVED).map(itemOf)
  const removed = contacts.filter((row) => row.subscription === REMOVED)
  return {
    ver,
    items: new Map(items.map((item) => [item.jid, item])),
    removed: new Map(removed.map((row) => [contactOf(row.contact), row.ver])),
    forgotten: rows.find((row) => row.contact === FORGOTTEN)?.ver ?? 0,
    requests: new Map(requests.map((row) => [contactOf(row.contact), requestOf(row.stanza)])),
  }
}

function itemOf(row: ItemRow): Item {
  const { name, subscription, ask, approved, groups, ver } = row
  const known = SUBSCRIPTIONS.find((one) => one === subscription) ?? 'none'
  return { jid: contactOf(row.contact), name: name ?? '', groups, subscription: known, ask, approved, ver }
}

function contactOf(text: string): ContactJid {
  return bareOf(parseJid(text))
}

function requestOf(xml: string): Stanza {
  return stanzaFrom(parseElement(xml, NS.client))
}
