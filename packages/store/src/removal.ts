import type { Queries } from './database.ts'

/**
 * Removes an account and everything that is kept under its address, in one statement, so that nobody who gets the
 * address later inherits any of it. May be repeated. False where there was no account.
 */
export async function removeAccount(db: Pick<Queries, 'query'>, jid: string): Promise<boolean> {
  const gone = await db.query(
    `with gone as (delete from account where jid = $1 returning jid),
          archive as (delete from archive where owner = $1),
          delivery as (delete from delivery where owner = $1),
          items as (delete from roster_item where owner = $1),
          versions as (delete from roster_version where owner = $1),
          requests as (delete from roster_request where owner = $1),
          seen as (delete from last_seen where owner = $1),
          blocked as (delete from blocked where owner = $1),
          preference as (delete from archive_preference where owner = $1),
          private as (delete from private_data where owner = $1),
          card as (delete from vcard where owner = $1)
     select jid from gone`,
    [jid],
  )
  return gone.length > 0
}
