import type { Database } from '@jabiru/store'
import { contactsOf } from '../figures/groups.ts'
import { userName } from '../load/job.ts'
import type { Account } from '../servers/population.ts'
import { DOMAIN } from '../servers/server.ts'

/** Users whose rosters grow; they have the same contacts, who come after them. */
export const OWNERS = 20
/** Contacts that are connected before all of them are. */
export const NEAR = 10
/** Users who write to one other each, who comes so many after them. */
export const PAIRS = 10
/** Users whose archives grow. */
export const ARCHIVES = 40
/** Users in groups, and how many such a group has. */
export const FRIENDS = 200
export const GROUP = 50

const numbers = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, n) => from + n)

/** Accounts with nobody in their rosters. */
export const strangers = (count: number): readonly Account[] =>
  numbers(0, count).map((n) => ({ name: userName(n), contacts: [] }))

/** Owners of rosters, and their contacts. */
export function withContacts(contacts: number): readonly Account[] {
  const owners = numbers(0, OWNERS).map(userName)
  const others = numbers(OWNERS, OWNERS + contacts).map(userName)
  return [...owners.map((name) => ({ name, contacts: others })), ...others.map((name) => ({ name, contacts: owners }))]
}

/** Friends in their groups, and strangers after them. */
export function friendsAnd(sessions: number): readonly Account[] {
  const groups = { users: FRIENDS, groupOf: GROUP }
  const friends = numbers(0, FRIENDS).map((n) => ({ name: userName(n), contacts: contactsOf(n, groups).map(userName) }))
  return [...friends, ...strangers(sessions).slice(FRIENDS)]
}

/** The id of an archive's row, of those that were there before. */
export const rowId = (position: number): string => `row-${position}`

/** As wide as rows that the server writes: ids, dates and stanzas of the same length. */
const ROWS = `
  insert into archive (owner, position, id, peer, peer_resource, outgoing, at, type, archived, offline, stanza)
  select 'u' || u || '@' || $1::text, n, 'row-' || n, 'u' || (u # 1) || '@' || $1::text, 'r', n % 2 = 0,
         to_timestamp(1700000000 + n), 'chat', true, false,
         '<message xmlns=''jabber:client'' from=''u' || u || '@' || $1::text || '/r'' to=''u' || (u # 1) || '@' || $1::text ||
         ''' type=''chat'' id=''' || n || '''><body>' || n || ': ' || repeat('It was the age of wisdom. ', 4) || '</body></message>'
    from generate_series($2::bigint, $3::bigint) n, generate_series(0, $4::int - 1) u`
/** All of it has been delivered. */
const DELIVERED = `
  insert into delivery (owner, watermark, exceptions, token, turn)
  select 'u' || u || '@' || $1::text, $2::bigint, '{}', 0, 0 from generate_series(0, $3::int - 1) u`
/** Rows that one statement takes. */
const AT_ONCE = 20_000

/** Gives archives this many rows, over all of them. */
export async function fillArchives(database: Database, rows: number): Promise<undefined> {
  const [last, step] = [rows / ARCHIVES, AT_ONCE / ARCHIVES]
  for (let from = 1; from <= last; from += step)
    await database.query(ROWS, [DOMAIN, from, Math.min(last, from + step - 1), ARCHIVES])
  await database.query(DELIVERED, [DOMAIN, last, ARCHIVES])
  await database.script('analyze archive')
  return undefined
}
