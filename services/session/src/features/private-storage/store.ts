import { type Database, fenced } from '@jabiru/store'
import type { Account } from '../../account.ts'

/** An element's name. */
export interface Name {
  readonly ns: string
  readonly name: string
}

/** All elements of one name that an account keeps, as XML. */
export interface Kept extends Name {
  readonly xml: string
}

/** Where private data lasts. Each write is fenced by the account's partition. */
export interface PrivateDataStore {
  readonly read: (account: Account, names: readonly Name[]) => Promise<readonly Kept[]>
  /** Bytes of all that is kept but what has one of these names. */
  readonly bytesBeside: (account: Account, names: readonly Name[]) => Promise<number>
  /** In one statement; the same may be written twice. */
  readonly write: (
    account: Account,
    change: { readonly kept: readonly Kept[]; readonly gone: readonly Name[] },
  ) => Promise<'written' | 'fenced'>
}

const READ = `select ns, name, xml from private_data
  where owner = $1 and (ns, name) in (select * from unnest($2::text[], $3::text[]))`
const BYTES = `select coalesce(sum(octet_length(xml)), 0)::bigint as bytes from private_data
  where owner = $1 and (ns, name) not in (select * from unnest($2::text[], $3::text[]))`
const KEEP = `insert into private_data (owner, ns, name, xml)
  select account.jid, one.* from fence, account, unnest($2::text[], $3::text[], $4::text[]) as one where account.jid = $1
  on conflict (owner, ns, name) do update set xml = excluded.xml returning owner`
const DROP = `delete from private_data using fence
  where owner = $1 and (ns, name) in (select * from unnest($5::text[], $6::text[])) returning owner`

const columns = (names: readonly Name[]) => [names.map(({ ns }) => ns), names.map(({ name }) => name)] as const

export const databasePrivateData = (db: Database): PrivateDataStore => ({
  read: ({ jid }, names) => db.query<Kept>(READ, [jid, ...columns(names)]),
  bytesBeside: async ({ jid }, names) => {
    const [row] = await db.query<{ bytes: number }>(BYTES, [jid, ...columns(names)])
    return row?.bytes ?? 0
  },
  write: async ({ jid, part, token }, { kept, gone }) => {
    const params = [jid, ...columns(kept), kept.map(({ xml }) => xml), ...columns(gone)]
    const statement = { sql: KEEP, params, with: { dropped: DROP } }
    const rows = await fenced(db, { service: 'session', part, token }, statement)
    return rows === 'fenced' ? rows : 'written'
  },
})
