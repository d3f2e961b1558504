import { deriveCredentials, encodeCredentials } from '@jabiru/sasl'
import { type Database, migrate } from '@jabiru/store'
import { contactsOf } from '../figures/groups.ts'
import { PASSWORD, userName } from '../load/job.ts'
import { DOMAIN, type Setting } from './server.ts'

/** All have one password and one salt, so that their making costs nothing: logging in costs the same. */
const credentials = async () => encodeCredentials(await deriveCredentials(PASSWORD, { iterations: 4096 }))

/** An account that is to be there. */
export interface Account {
  readonly name: string
  readonly contacts: readonly string[]
}

/** The accounts of a setting. */
export function accountsOf(setting: Pick<Setting, 'users' | 'groupOf'>): readonly Account[] {
  return Array.from({ length: setting.users }, (_, n) => ({
    name: userName(n),
    contacts: contactsOf(n, setting).map(userName),
  }))
}

const ACCOUNTS = `insert into account (jid, credentials) select jid, $2::jsonb from unnest($1::text[]) jid`
const ITEMS = `
  insert into roster_item (owner, contact, subscription, ask, approved, groups, ver)
  select owner, contact, 'both', false, false, '{}', 1 from unnest($1::text[], $2::text[]) item(owner, contact)`
const VERSIONS = `insert into roster_version (owner, ver) select owner, 1 from unnest($1::text[]) owner`

/** Fills a database of Jabiru's that nobody has used yet. */
export async function populate(database: Database, accounts: readonly Account[]): Promise<undefined> {
  await migrate(database)
  const jid = (name: string) => `${name}@${DOMAIN}`
  const owners = accounts.map(({ name }) => jid(name))
  await database.query(ACCOUNTS, [owners, JSON.stringify(await credentials())])
  const befriended = accounts.filter(({ contacts }) => contacts.length > 0)
  if (befriended.length === 0) return undefined
  await database.query(ITEMS, [
    befriended.flatMap(({ name, contacts }) => contacts.map(() => jid(name))),
    befriended.flatMap(({ contacts }) => contacts.map(jid)),
  ])
  await database.query(VERSIONS, [befriended.map(({ name }) => jid(name))])
  return undefined
}

/** Rows of Jabiru's archive. */
export async function archivedRows(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>('select count(*) as n from archive where archived')
  return row?.n ?? 0
}
