import type { Queries } from './database.ts'

/**
 * Removes an account and everything that is kept under its address, in one statement, so that nobody who gets the
 * address later inherits any of it. May be repeated. False where there was no account.
 */
export async function removeAccount(db: Pick<Queries, 'query'>, jid: string): Promise<boolean> {
  return await remove(db, jid, 'true')
}

/** The same for an account whose removal has begun: one that has taken the name since is left alone. */
export async function removeMarked(db: Pick<Queries, 'query'>, jid: string): Promise<void> {
  await remove(db, jid, 'exists (select from account_removal where jid = $1 for update)')
}

const OWNED = [
  'archive',
  'delivery',
  'roster_item',
  'roster_version',
  'roster_request',
  'last_seen',
  'blocked',
  'archive_preference',
  'private_data',
  'vcard',
] as const

async function remove(db: Pick<Queries, 'query'>, jid: string, condition: string): Promise<boolean> {
  const owned = OWNED.map((table) => `of_${table} as (delete from ${table} using may where owner = $1)`)
  const gone = await db.query(
    `with may as materialized (select 1 where ${condition}),
          gone as (delete from account using may where jid = $1 returning jid),
          ${owned.join(',\n')}
     select jid from gone`,
    [jid],
  )
  return gone.length > 0
}

/**
 * The account is to be removed, whoever finishes it: from here on nobody logs in to it or takes its name. False where there
 * is no account, and none whose removal has begun.
 */
export async function beginRemoval(db: Pick<Queries, 'query'>, jid: string): Promise<boolean> {
  const known = await db.query(
    `with known as (update account set enabled = false where jid = $1 returning jid),
          marked as (insert into account_removal (jid) select jid from known on conflict do nothing)
     select jid from known union select jid from account_removal where jid = $1`,
    [jid],
  )
  return known.length > 0
}

/** Nothing of the account is left: its name can be taken. */
export async function endRemoval(db: Pick<Queries, 'query'>, jid: string): Promise<void> {
  await db.query('delete from account_removal where jid = $1', [jid])
}

/** Accounts whose removal has begun, the oldest first. */
export async function unfinishedRemovals(db: Pick<Queries, 'query'>): Promise<readonly string[]> {
  const rows = await db.query<{ jid: string }>('select jid from account_removal order by at limit 1000')
  return rows.map(({ jid }) => jid)
}
