import { type BareJid, type DomainJid, type Jid, parseJid } from '@jabiru/jid'
import { NS, stanzaFrom } from '@jabiru/stanza'
import type { Database } from '@jabiru/store'
import { parseElement } from '@jabiru/xml'
import type { AccountRecord, LastSeen } from '../account.ts'
import { EVERYTHING_WANTED, type Wanted } from '../features/archive/preferences.ts'
import { KNOWN_MOST, KNOWN_MS, type SentRow } from '../resent.ts'

/** A message as the archive keeps it. */
export interface Archived {
  readonly position: number
  readonly id: string
  readonly at: Date
  readonly stanza: string
  /** Not only held until it is delivered. */
  readonly archived: boolean
}

export interface AccountStore {
  /** Undefined where there is no such account. */
  readonly wake: (account: BareJid) => Promise<AccountRecord | undefined>
  /** What the account wants archived, now. */
  readonly wanted: (account: BareJid) => Promise<Wanted>
  /** Whether anybody may log in to it, now. */
  readonly isEnabled: (account: BareJid) => Promise<boolean>
  /** Messages at these positions, in order; those that are gone are left out. */
  readonly messages: (account: BareJid, positions: readonly number[]) => Promise<readonly Archived[]>
  /** Drops what was held only until it was confirmed. */
  readonly dropHeld: (account: BareJid, positions: readonly number[]) => Promise<void>
  /** Keeps when each account was last there; an older moment does not replace a newer one. */
  readonly left: (seen: ReadonlyMap<BareJid, LastSeen>) => Promise<void>
}

interface WantedRow {
  readonly policy: Wanted['policy'] | null
  readonly always: readonly Jid[] | null
  readonly never: readonly Jid[] | null
  readonly contacts: readonly (BareJid | DomainJid)[] | null
}

/** Null where the account has said nothing; the roster is read where it matters. A removed contact's row stays, as `remove`. */
const WANTED = `
         (SELECT policy FROM archive_preference WHERE owner = $1) AS policy,
         (SELECT always FROM archive_preference WHERE owner = $1) AS always,
         (SELECT never FROM archive_preference WHERE owner = $1) AS never,
         (SELECT array_agg(contact) FROM roster_item
           WHERE owner = $1 AND subscription <> 'remove'
             AND EXISTS (SELECT FROM archive_preference WHERE owner = $1 AND policy = 'roster')) AS contacts`

function wantedOf({ policy, always, never, contacts }: WantedRow): Wanted {
  if (policy === null) return EVERYTHING_WANTED
  return { policy, always: new Set(always), never: new Set(never), contacts: new Set(contacts) }
}

interface WakeRow extends WantedRow {
  readonly enabled: boolean
  readonly position: number
  readonly archived_at: Date | null
  readonly watermark: number
  readonly waiting: readonly number[]
  readonly held: readonly number[]
  readonly seen_at: Date | null
  readonly seen_status: string | null
  readonly blocked: readonly string[]
  readonly sent: readonly (readonly [
    id: string,
    position: number,
    at: number,
    originId: string | null,
    stanza: string,
  ])[]
}

function sentOf([id, position, at, originId, text]: WakeRow['sent'][number]): SentRow {
  const { to = '', from = '', id: stanzaId } = stanzaFrom(parseElement(text, NS.client))
  return { id, position, at, to, from, originId: originId ?? undefined, stanzaId, stanza: text }
}

/** One statement: what is above the watermark, and the exceptions below it, is undelivered. */
const WAKE = `
  WITH known AS (SELECT jid, enabled FROM account WHERE jid = $1),
       confirmed AS (SELECT watermark, exceptions FROM delivery WHERE owner = $1),
       waiting AS (
         SELECT position, archived FROM archive
          WHERE owner = $1 AND offline AND position > coalesce((SELECT watermark FROM confirmed), 0)
         UNION ALL
         SELECT position, archived FROM archive
          WHERE owner = $1 AND offline AND position = ANY ((SELECT exceptions FROM confirmed)::bigint[])
       ),
       seen AS (SELECT at, status FROM last_seen WHERE owner = $1),
       sent AS (
         SELECT id, position, at, origin_id, stanza FROM archive
          WHERE owner = $1 AND at > $2 AND (outgoing OR peer = owner)
          ORDER BY at DESC, position DESC LIMIT ${KNOWN_MOST}
       )
  SELECT enabled,
         coalesce((SELECT max(position) FROM archive WHERE owner = $1), 0) AS position,
         (SELECT at FROM archive WHERE owner = $1 ORDER BY position DESC LIMIT 1) AS archived_at,
         coalesce((SELECT watermark FROM confirmed), 0) AS watermark,
         coalesce((SELECT array_agg(position ORDER BY position) FROM waiting), '{}') AS waiting,
         coalesce((SELECT array_agg(position) FROM waiting WHERE NOT archived), '{}') AS held,
         ${WANTED.trim()},
         (SELECT at FROM seen) AS seen_at,
         (SELECT status FROM seen) AS seen_status,
         coalesce((SELECT array_agg(jid ORDER BY jid) FROM blocked WHERE owner = $1), '{}') AS blocked,
         coalesce((SELECT jsonb_agg(jsonb_build_array(id, position, floor(extract(epoch FROM at) * 1000), origin_id, stanza)
                                    ORDER BY position) FROM sent), '[]') AS sent
    FROM known`

/** `now`: wall clock, ms since 1970. */
export function databaseAccounts(db: Database, now: () => number): AccountStore {
  return {
    wake: async (account) => {
      const [row] = await db.query<WakeRow>(WAKE, [account, new Date(now() - KNOWN_MS)])
      if (row === undefined) return undefined
      const held = new Set(row.held)
      return {
        enabled: row.enabled,
        position: Math.max(row.position, row.watermark),
        archivedAt: row.archived_at?.getTime() ?? 0,
        wanted: wantedOf(row),
        watermark: row.watermark,
        undelivered: row.waiting.map((position) => ({ position, held: held.has(position) })),
        blocked: row.blocked.map(parseJid),
        sent: row.sent.map(sentOf),
        ...(row.seen_at === null ? {} : { lastSeen: { at: row.seen_at.getTime(), status: row.seen_status ?? '' } }),
      }
    },
    wanted: async (account) => {
      const [row] = await db.query<WantedRow>(`SELECT ${WANTED.trim()}`, [account])
      return row === undefined ? EVERYTHING_WANTED : wantedOf(row)
    },
    isEnabled: async (account) => {
      const [row] = await db.query<{ enabled: boolean }>('SELECT enabled FROM account WHERE jid = $1', [account])
      return row?.enabled ?? false
    },
    messages: (account, positions) =>
      db.query<Archived>(
        `SELECT position, id, at, stanza, archived FROM archive
          WHERE owner = $1 AND position = ANY ($2::bigint[]) ORDER BY position`,
        [account, positions],
      ),
    dropHeld: async (account, positions) => {
      await db.query('DELETE FROM archive WHERE owner = $1 AND position = ANY ($2::bigint[]) AND NOT archived', [
        account,
        positions,
      ])
    },
    left: async (seen) => {
      const all = [...seen]
      // In one order everywhere: two processes never wait for each other.
      await db.query(
        `INSERT INTO last_seen (owner, at, status)
           SELECT jid, gone.at, gone.status FROM account
             JOIN unnest($1::text[], $2::timestamptz[], $3::text[]) AS gone (who, at, status) ON jid = who
            ORDER BY jid
         ON CONFLICT (owner) DO UPDATE SET at = excluded.at, status = excluded.status WHERE last_seen.at < excluded.at`,
        [all.map(([jid]) => jid), all.map(([, { at }]) => new Date(at)), all.map(([, { status }]) => status)],
      )
    },
  }
}
