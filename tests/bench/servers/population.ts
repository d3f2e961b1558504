import { deriveCredentials, encodeCredentials } from '@jabiru/sasl'
import { type Database, migrate } from '@jabiru/store'
import { contactsOf } from '../figures/groups.ts'
import { PASSWORD, userName } from '../load/job.ts'
import { DOMAIN, type Setting } from './server.ts'

/** All have one password and one salt, so that their making costs nothing: logging in costs the same. */
const credentials = async () => encodeCredentials(await deriveCredentials(PASSWORD, { iterations: 4096 }))

/** The accounts of a setting: name and contacts. */
export function accountsOf(setting: Setting) {
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
export async function populate(database: Database, setting: Setting): Promise<undefined> {
  await migrate(database)
  const jid = (name: string) => `${name}@${DOMAIN}`
  const accounts = accountsOf(setting)
  const owners = accounts.map(({ name }) => jid(name))
  await database.query(ACCOUNTS, [owners, JSON.stringify(await credentials())])
  if (setting.groupOf === 0) return undefined
  await database.query(ITEMS, [
    accounts.flatMap(({ name, contacts }) => contacts.map(() => jid(name))),
    accounts.flatMap(({ contacts }) => contacts.map(jid)),
  ])
  await database.query(VERSIONS, [owners])
  return undefined
}

/** Rows of Jabiru's archive. */
export async function archivedRows(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>('select count(*) as n from archive where archived')
  return row?.n ?? 0
}
