import { type Database, fenced } from '@jabiru/store'
import type { Account } from '../../account.ts'

/** Where vCards last, as XML. Each write is fenced by the account's partition. */
export interface VcardStore {
  readonly read: (account: Account) => Promise<string | undefined>
  /** Undefined for none. The same may be written twice. */
  readonly write: (account: Account, xml: string | undefined) => Promise<'written' | 'fenced'>
}

const READ = 'select xml from vcard where owner = $1'
const WRITE = `insert into vcard (owner, xml) select jid, $2 from fence, account where jid = $1
  on conflict (owner) do update set xml = excluded.xml returning owner`
const DROP = 'delete from vcard using fence where owner = $1 returning owner'

export const databaseVcards = (db: Database): VcardStore => ({
  read: async ({ jid }) => {
    const [row] = await db.query<{ xml: string }>(READ, [jid])
    return row?.xml
  },
  write: async ({ jid, part, token }, xml) => {
    const statement = xml === undefined ? { sql: DROP, params: [jid] } : { sql: WRITE, params: [jid, xml] }
    const rows = await fenced(db, { service: 'session', part, token }, statement)
    return rows === 'fenced' ? rows : 'written'
  },
})
