import { parseBareJid } from '@jabiru/jid'
import { decodeCredentials, encodeCredentials, type StoredCredentials } from '@jabiru/sasl'
import { beginRemoval, type Database, gathered, type Param, removeAccount } from '@jabiru/store'
import type { Account, AccountStore } from './store.ts'

/** Accounts in PostgreSQL or its embedded twin. */
export function postgresAccounts(database: Pick<Database, 'query'>): AccountStore {
  const touched = async (sql: string, params: readonly Param[]): Promise<boolean> =>
    (await database.query(sql, params)).length > 0
  const keysOf = gathered<string, KeysRow>(async (jids) => {
    const rows = await database.query<KeysRow>('select jid, credentials, enabled from account where jid = any ($1)', [
      jids,
    ])
    return new Map(rows.map((row) => [row.jid, row]))
  })
  return {
    find: async (jid) => {
      const row = await keysOf(jid)
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
      touched(`update account set credentials = $2 where jid = $1 and ${STAYS} returning jid`, [
        jid,
        json(credentials),
      ]),
    setEnabled: (jid, enabled) =>
      touched(`update account set enabled = $2 where jid = $1 and ${STAYS} returning jid`, [jid, enabled]),
    retire: (jid) => beginRemoval(database, jid),
    remove: (jid) => removeAccount(database, jid),
    loggedIn: async (jids) => {
      // In one order everywhere: two processes never wait for each other.
      await database.query(
        `update account set last_login = now() where jid in (
           select jid from account
            where jid = any ($1) and (last_login is null or last_login < now() - interval '1 minute')
              order by jid for no key update)`,
        [jids],
      )
    },
    read: async (jid) => {
      const [row] = await database.query<Row>(`select ${COLUMNS} from account where jid = $1 and ${STAYS}`, [jid])
      return row && accountOf(row)
    },
    count: async ({ disabled = false }) => {
      const [row] = await database.query<{ n: number }>(
        `select count(*) as n from account where ${STAYS} and (enabled = false or not $1)`,
        [disabled],
      )
      return row?.n ?? 0
    },
    list: async ({ after = '', limit, disabled = false }) => {
      const rows = await database.query<Row>(
        `select ${COLUMNS} from account
          where jid > $1 and ${STAYS} and (enabled = false or not $3) order by jid limit $2`,
        [after, limit, disabled],
      )
      return rows.map(accountOf)
    },
  }
}

/** An account whose removal has begun is there no more, but for its name. */
const STAYS = 'not exists (select from account_removal where account_removal.jid = account.jid)'
const COLUMNS = 'jid, enabled, created_at, last_login'

interface KeysRow {
  readonly jid: string
  readonly credentials: unknown
  readonly enabled: boolean
}

interface Row {
  readonly jid: string
  readonly enabled: boolean
  readonly created_at: Date
  readonly last_login: Date | null
}

function accountOf({ jid, enabled, created_at: createdAt, last_login: lastLogin }: Row): Account {
  return { jid: parseBareJid(jid), enabled, createdAt, ...(lastLogin === null ? {} : { lastLogin }) }
}

const json = (credentials: StoredCredentials): string => JSON.stringify(encodeCredentials(credentials))
