import type { Jid } from '@jabiru/jid'
import { type Database, fenced } from '@jabiru/store'
import type { Account } from '../../account.ts'

/** Where blocks last. Each write is fenced by the account's partition. */
export interface BlockStore {
  readonly add: (account: Account, jids: readonly Jid[]) => Promise<'written' | 'fenced'>
  /** Without `jids`, all of them. */
  readonly remove: (account: Account, jids?: readonly Jid[]) => Promise<'written' | 'fenced'>
}

const ADD = `insert into blocked (owner, jid)
  select account.jid, one.jid from fence, account, unnest($2::text[]) as one (jid) where account.jid = $1
  on conflict do nothing returning jid`
const REMOVE = 'delete from blocked using fence where owner = $1 and jid = any ($2::text[]) returning jid'
const REMOVE_ALL = 'delete from blocked using fence where owner = $1 returning jid'

export function databaseBlocks(db: Database): BlockStore {
  const run = async ({ part, token }: Account, sql: string, ...params: readonly (string | readonly string[])[]) => {
    const rows = await fenced(db, { service: 'session', part, token }, { sql, params })
    return rows === 'fenced' ? rows : 'written'
  }
  return {
    add: (account, jids) => run(account, ADD, account.jid, jids),
    remove: (account, jids) =>
      jids === undefined ? run(account, REMOVE_ALL, account.jid) : run(account, REMOVE, account.jid, jids),
  }
}
