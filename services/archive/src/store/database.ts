import { type BareJid, type Jid, parseJid } from '@jabiru/jid'
import { type Database, fenced, type Param } from '@jabiru/store'
import type { Mark } from '../metadata.ts'
import { POLICIES, UNSAID } from '../preferences/preferences.ts'
import type { Archived } from '../query/codec.ts'
import type { ArchiveStore, Range } from './store.ts'

const POSITIONS = 'select id, position from archive where owner = $1 and id = any ($2::text[]) and archived'

const ENDS = `
  (select id, at from archive where owner = $1 and archived order by position limit 1)
  union all
  (select id, at from archive where owner = $1 and archived order by position desc limit 1)`

const PREFERENCES = 'select policy, always, never from archive_preference where owner = $1'
const PREFER = `insert into archive_preference (owner, policy, always, never)
  select account.jid, $2, $3::text[], $4::text[] from fence, account where account.jid = $1
  on conflict (owner) do update set policy = excluded.policy, always = excluded.always, never = excluded.never
  returning owner`

interface Statement {
  readonly where: string
  readonly params: readonly Param[]
}

type Matching = Pick<Range, 'filter' | 'after' | 'before'>

/** One condition each: `at` stands for the next parameter. */
function conditions(owner: BareJid, { filter, after, before }: Matching): Statement {
  const params: Param[] = [owner]
  const all = ['owner = $1', 'archived']
  const add = (condition: (at: string) => string, value: Param) => {
    params.push(value)
    all.push(condition(`$${params.length}`))
  }
  if (filter.with !== undefined) add((at) => `peer = ${at}`, filter.with.peer)
  if (filter.with?.resource !== undefined) add((at) => `peer_resource = ${at}`, filter.with.resource)
  if (filter.ids !== undefined) add((at) => `id = any (${at}::text[])`, filter.ids)
  if (after !== undefined) add((at) => `position > ${at}::bigint`, after)
  if (before !== undefined) add((at) => `position < ${at}::bigint`, before)
  if (filter.start !== undefined) add(since, new Date(filter.start))
  if (filter.end !== undefined) add(until, new Date(filter.end))
  return { where: all.join(' and '), params }
}

/**
 * Dates never go back within an archive, so that a date is a place in it: what is read is found by position, and the date is
 * compared once more, in a way that takes nobody to the index of dates.
 */
const since = (at: string) => `at + interval '0' >= ${at}::timestamptz and position >= coalesce((
  select position from archive where owner = $1 and at >= ${at}::timestamptz order by at, position limit 1), ${NOWHERE})`
const until = (at: string) => `at + interval '0' <= ${at}::timestamptz and position <= coalesce((
  select position from archive where owner = $1 and at <= ${at}::timestamptz order by at desc, position desc limit 1), -1)`

/** Beyond every position. */
const NOWHERE = '9223372036854775807'

/** The statement that reads a page, and one row more than it may hold: with it, whether there are others. */
export function pageStatement(owner: BareJid, range: Range): readonly [sql: string, params: readonly Param[]] {
  const { where, params } = conditions(owner, range)
  const order = range.fromEnd ? 'position desc' : 'position'
  const [most, bytes] = [`$${params.length + 1}`, `$${params.length + 2}`]
  const sql = `
    with hit as materialized (
      select position, id, at, stanza from archive where ${where} order by ${order} limit ${most}::bigint + 1
    ), sized as (
      select *, sum(octet_length(stanza)) over (order by ${order}) - octet_length(stanza) as before,
             row_number() over (order by ${order}) as place from hit
    )
    select position, id, at, stanza, (select count(*) from hit) as found from sized
     where before < ${bytes}::bigint and place <= ${most}::bigint order by position`
  return [sql, [...params, range.most, range.mostBytes]]
}

/** The archive in the database. */
export function databaseArchive(db: Database): ArchiveStore {
  return {
    positionsOf: async (owner, ids) => {
      const rows = await db.query<{ id: string; position: number }>(POSITIONS, [owner, ids])
      return new Map(rows.map(({ id, position }) => [id, position]))
    },
    page: async (owner, range) => {
      const [sql, params] = pageStatement(owner, range)
      const rows = await db.query<Archived & { readonly found: number }>(sql, params)
      return { rows, more: rows.length < (rows[0]?.found ?? 0) }
    },
    count: async (owner, range) => {
      const { where, params } = conditions(owner, range)
      const [row] = await db.query<{ n: number }>(
        `select count(*) as n from (select from archive where ${where} limit $${params.length + 1}::bigint + 1) as hit`,
        [...params, range.most],
      )
      const n = row?.n ?? 0
      return n > range.most ? undefined : n
    },
    ends: async (owner) => {
      const [first, last] = await db.query<Mark>(ENDS, [owner])
      return first === undefined || last === undefined ? undefined : [first, last]
    },
    preferences: async (owner) => {
      const [row] = await db.query<PreferenceRow>(PREFERENCES, [owner])
      if (row === undefined) return UNSAID
      const policy = POLICIES.find((known) => known === row.policy) ?? UNSAID.policy
      return { policy, always: row.always.map(asJid), never: row.never.map(asJid) }
    },
    prefer: async (lease, owner, { policy, always, never }) => {
      const statement = { sql: PREFER, params: [owner, policy, always, never] }
      const rows = await fenced(db, { service: 'archive', ...lease }, statement)
      return rows === 'fenced' ? rows : 'written'
    },
  }
}

interface PreferenceRow {
  readonly policy: string
  readonly always: readonly string[]
  readonly never: readonly string[]
}

const asJid = (text: string): Jid => parseJid(text)
