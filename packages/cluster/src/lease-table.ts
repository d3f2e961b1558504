import type { Database } from '@jabiru/store'

/** One partition's lease. `owner` is empty where the last owner gave it up. */
export interface Lease {
  readonly part: number
  readonly owner: string
  readonly token: number
}

/** Grows with each renewal of an owner, and never has a value twice. Only a change of it means anything. */
export interface Beat {
  readonly owner: string
  readonly beat: number
  /** What it said with that: others reach it, and it them. */
  readonly onBus: boolean
}

/** Leases and counters at one moment. */
export interface Standing {
  readonly leases: readonly Lease[]
  readonly beats: readonly Beat[]
}

/**
 * The leases of one group of services, where compare-and-set decides. Every call is one statement, and whoever locks rows
 * locks them in the order of the partitions: nobody waits in a circle.
 */
export interface LeaseTable {
  /** Renews all of an owner's leases at once, says whether it is on the bus, and tells how all stood when the statement began. */
  readonly renew: (owner: string, onBus: boolean) => Promise<Standing>
  /** How all stand, for who renews nothing. */
  readonly read: () => Promise<Standing>
  /** Takes the leases whose token is still the one named (0: never leased). Returns those taken, with their new tokens. */
  readonly take: (owner: string, seen: readonly Pick<Lease, 'part' | 'token'>[]) => Promise<readonly Lease[]>
  /** Gives leases up; the token grows, so that no write of this owner lands afterwards. */
  readonly release: (owner: string, held: readonly Pick<Lease, 'part' | 'token'>[]) => Promise<void>
  /** Forgets that an owner ever renewed. */
  readonly leave: (owner: string) => Promise<void>
  /** Forgets owners, unless they have renewed since they were seen so. */
  readonly forget: (seen: readonly Pick<Beat, 'owner' | 'beat'>[]) => Promise<void>
}

/** Asks whether a lease stands under this token, whoever holds it. */
export function standingLeases(
  db: Database,
): (service: string, lease: Pick<Lease, 'part' | 'token'>) => Promise<boolean> {
  return async (service, { part, token }) => {
    const sql = 'SELECT part FROM lease WHERE service = $1 AND part = $2 AND token = $3'
    return (await db.query(sql, [service, part, token])).length > 0
  }
}

/** The clock of the database in milliseconds. */
const CLOCK = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`

/** A token is above every earlier one, those of a restored or promoted database included. */
const NEXT_TOKEN = `greatest(lease.token + 1, ${CLOCK})`

/** A lease, or else a counter. */
interface StandingRow {
  readonly part: number | null
  readonly owner: string
  readonly token: number | null
  readonly beat: number | null
  readonly on_bus: boolean | null
}

/** One statement: what takes long here is the way there and back, for a process that is busy. */
const STANDING = `
  SELECT part, owner, token, NULL::bigint AS beat, NULL::boolean AS on_bus FROM lease WHERE service = $1
  UNION ALL SELECT NULL, owner, NULL, beat, on_bus FROM lease_beat WHERE service = $1`
const RENEW = `
  WITH renewed AS (
    INSERT INTO lease_beat (service, owner, beat, on_bus) VALUES ($1, $2, ${CLOCK}, $3)
    ON CONFLICT (service, owner) DO UPDATE SET beat = lease_beat.beat + 1, on_bus = excluded.on_bus
  )${STANDING}`

const standing = (rows: readonly StandingRow[]): Standing => ({
  leases: rows.flatMap(({ part, owner, token }) => (part === null || token === null ? [] : { part, owner, token })),
  beats: rows.flatMap(({ owner, beat, on_bus: onBus }) =>
    beat === null || onBus === null ? [] : { owner, beat, onBus },
  ),
})

export function databaseLeases(database: Database, service: string): LeaseTable {
  // Whoever takes over asks for so much at once that a renewal behind it would come too late.
  const db = database.ahead ?? database
  const columns = (leases: readonly Pick<Lease, 'part' | 'token'>[]) => [
    leases.map((lease) => lease.part),
    leases.map((lease) => lease.token),
  ]
  return {
    renew: async (owner, onBus) => standing(await db.query<StandingRow>(RENEW, [service, owner, onBus])),
    read: async () => standing(await db.query<StandingRow>(STANDING, [service])),
    take: (owner, seen) =>
      db.query<Lease>(
        `INSERT INTO lease (service, part, owner, token)
         SELECT $1, wanted.part, $2, ${CLOCK}
           FROM unnest($3::int[], $4::bigint[]) AS wanted (part, token)
          WHERE wanted.token = coalesce((SELECT token FROM lease WHERE service = $1 AND part = wanted.part), 0)
          ORDER BY wanted.part
         ON CONFLICT (service, part) DO UPDATE SET owner = $2, token = ${NEXT_TOKEN}
          WHERE lease.token = (SELECT w.token FROM unnest($3::int[], $4::bigint[]) AS w (part, token) WHERE w.part = lease.part)
         RETURNING part, owner, token`,
        [service, owner, ...columns(seen)],
      ),
    release: async (owner, held) => {
      await db.query(
        `WITH mine AS MATERIALIZED (
           SELECT service, part FROM lease
            WHERE service = $1 AND owner = $2 AND (part, token) IN (SELECT * FROM unnest($3::int[], $4::bigint[]))
            ORDER BY part FOR UPDATE
         )
         UPDATE lease SET owner = '', token = ${NEXT_TOKEN} FROM mine
          WHERE lease.service = mine.service AND lease.part = mine.part`,
        [service, owner, ...columns(held)],
      )
    },
    leave: async (owner) => {
      await db.query('DELETE FROM lease_beat WHERE service = $1 AND owner = $2', [service, owner])
    },
    forget: async (seen) => {
      await db.query(
        `WITH gone AS MATERIALIZED (
           SELECT service, owner FROM lease_beat
            WHERE service = $1 AND (owner, beat) IN (SELECT * FROM unnest($2::text[], $3::bigint[]))
            ORDER BY owner FOR UPDATE
         )
         DELETE FROM lease_beat USING gone WHERE lease_beat.service = gone.service AND lease_beat.owner = gone.owner`,
        [service, seen.map(({ owner }) => owner), seen.map(({ beat }) => beat)],
      )
    },
  }
}
