import { type Database, type Queries, SqlError } from './database.ts'
import { sql as accounts } from './migrations/0001_accounts.ts'
import { sql as leases } from './migrations/0002_leases.ts'
import { sql as archive } from './migrations/0003_archive.ts'
import { sql as roster } from './migrations/0004_roster.ts'
import { sql as secrets } from './migrations/0005_secrets.ts'
import { sql as lastSeen } from './migrations/0006_last_seen.ts'
import { sql as blocked } from './migrations/0007_blocked.ts'
import { sql as archivePreference } from './migrations/0008_archive_preference.ts'
import { sql as privateData } from './migrations/0009_private_data.ts'
import { sql as vcard } from './migrations/0010_vcard.ts'
import { sql as accountRemoval } from './migrations/0011_account_removal.ts'
import { sql as lastLogin } from './migrations/0012_last_login.ts'
import { sql as leaseBeatOnBus } from './migrations/0013_lease_beat_on_bus.ts'

/** In order; a place in this list is a schema version, counted from 1. Entries are only ever added. */
export const MIGRATIONS: readonly string[] = [
  accounts,
  leases,
  archive,
  roster,
  secrets,
  lastSeen,
  blocked,
  archivePreference,
  privateData,
  vcard,
  accountRemoval,
  lastLogin,
  leaseBeatOnBus,
]

/**
 * The schema version that code must know at least to run under the newest one. Within one major version every step only adds,
 * so that processes of the version before go on, and start, beside those of this one; it is raised with the first step that takes
 * away what they use.
 */
const NEEDS = 1

/** The advisory lock that processes starting at once take in turn. Any number that nothing else in the database uses. */
const LOCK = 7_420_198_221

/** A step on a large table takes its time, and so does the process whose turn it is. */
const BEGIN = `
set local statement_timeout = 0;
select pg_advisory_xact_lock(${String(LOCK)});
create table if not exists schema_version (version int primary key, at timestamptz not null default now());
alter table schema_version add column if not exists needs int;
`

const UNDEFINED_TABLE = '42P01'

/** The database was made by a later release than this one, and has lost what this one uses. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
  readonly found: number
  readonly known: number
  constructor(found: number, known: number) {
    super(`the database has schema version ${String(found)}, this release knows up to ${String(known)}`)
    this.found = found
    this.known = known
  }
}

/**
 * Brings the schema up to date, each step in its own transaction. One that is newer is left as it is, and served under where it
 * has everything that this release uses. Rejects with SchemaTooNew.
 */
export async function migrate(db: Database, steps: readonly string[] = MIGRATIONS, needs = NEEDS): Promise<undefined> {
  while ((await schemaVersion(db, steps.length)) < steps.length) await db.transaction((q) => step(q, steps, needs))
  return undefined
}

async function step(q: Queries, steps: readonly string[], needs: number): Promise<undefined> {
  await q.script(BEGIN)
  const version = await schemaVersion(q, steps.length)
  const sql = steps[version]
  if (sql === undefined) return undefined
  await q.script(sql)
  await q.query('insert into schema_version (version, needs) values ($1, $2)', [version + 1, needs])
  return undefined
}

async function schemaVersion(q: Queries, known: number): Promise<number> {
  try {
    const [row] = await q.query<Reached>(REACHED)
    const { version = 0, needs = null } = row ?? {}
    if (version > known && (needs ?? version) > known) throw new SchemaTooNew(version, known)
    return version
  } catch (err) {
    if (err instanceof SqlError && err.sqlstate === UNDEFINED_TABLE) return 0
    throw err
  }
}

interface Reached {
  readonly version: number
  /** Null where the step has not said so. */
  readonly needs: number | null
}

/**
 * What the last step needs, for what code must know only grows. The column is not there where nothing was added since it was:
 * `to_jsonb` reads a row as it is.
 */
const REACHED = `
select version, (to_jsonb(schema_version) ->> 'needs')::int as needs from schema_version order by version desc limit 1`
