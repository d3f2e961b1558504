import { parseBareJid } from '@jabiru/jid'
import { decodeCredentials, encodeCredentials, type StoredCredentials } from '@jabiru/sasl'
import { beginRemoval, type Database, type Param, removeAccount } from '@jabiru/store'
import type { AccountStore } from './store.ts'

/** Accounts in PostgreSQL or its embedded twin. */
export function postgresAccounts(database: Pick<Database, 'query'>): AccountStore {
  const touched = async (sql: string, params: readonly Param[]): Promise<boolean> =>
    (await database.query(sql, params)).length > 0
  return {
    find: async (jid) => {
      const [row] = await database.query<{ credentials: unknown; enabled: boolean }>(
        'select credentials, enabled from account where jid = $1',
        [jid],
      )
      return row && { credentials: decodeCredentials(row.credentials), enabled: row.enabled }
    },
    insert: (jid, credentials) =>
      // Nobody gets the name of an account that is still being removed, or anything that was its.
      touched(
        `insert into account (jid, credentials) select $1, $2
          where not exists (select from account_removal where jid = $1) on conflict do nothing returning jid`,
        [jid, json(credentials)],
      ),
    replace: (jid, credentials) =>
      touched('update account set credentials = $2 where jid = $1 returning jid', [jid, json(credentials)]),
    setEnabled: (jid, enabled) =>
      touched('update account set enabled = $2 where jid = $1 returning jid', [jid, enabled]),
    retire: (jid) => beginRemoval(database, jid),
    remove: (jid) => removeAccount(database, jid),
    list: async ({ after = '', limit }) => {
      const rows = await database.query<{ jid: string; enabled: boolean; created_at: Date }>(
        'select jid, enabled, created_at from account where jid > $1 order by jid limit $2',
        [after, limit],
      )
      return rows.map((row) => ({ jid: parseBareJid(row.jid), enabled: row.enabled, createdAt: row.created_at }))
    },
  }
}

const json = (credentials: StoredCredentials): string => JSON.stringify(encodeCredentials(credentials))
