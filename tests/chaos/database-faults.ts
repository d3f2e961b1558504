import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, type Queries, StoreUnavailable } from '@jabiru/store'
import type { Fault } from './faults.ts'

/** In a text that the recipient's row may not hold; see `refuseRows`. */
export const UNSTORABLE = 'unstorable'

const AGAIN_MS = 100

/** Statements that are made though the database is away for a while. */
async function insist(db: Queries, ...statements: readonly string[]): Promise<void> {
  for (const sql of statements) {
    for (;;) {
      try {
        await db.query(sql)
        break
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        await sleep(AGAIN_MS)
      }
    }
  }
}

/** From now on the database takes no row of a recipient that holds the word. */
export async function refuseRows(db: Queries): Promise<void> {
  await insist(
    db,
    `CREATE OR REPLACE FUNCTION chaos_refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE check_violation USING MESSAGE = 'this row is refused'; END $$`,
    `CREATE OR REPLACE TRIGGER chaos_refuse BEFORE INSERT ON archive FOR EACH ROW
      WHEN (NOT new.outgoing AND new.stanza LIKE '%${UNSTORABLE}%') EXECUTE FUNCTION chaos_refuse()`,
  )
}

/** While the work goes on, this is done once in every commit of messages: all locks are held, and nothing is decided. */
async function inEachCommit<T>(db: Queries, what: string, work: () => Promise<T>): Promise<T> {
  await insist(
    db,
    `CREATE OR REPLACE FUNCTION chaos_commit() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF coalesce(current_setting('chaos.done', true), '') <> 'yes' THEN
          PERFORM set_config('chaos.done', 'yes', true);
          PERFORM ${what};
        END IF;
        RETURN NULL;
      END $$`,
    // Whole or not at all, for it is made again when its answer is lost, and two faults may make it at once.
    `DO $$ BEGIN
       PERFORM pg_advisory_xact_lock(42);
       DROP TRIGGER IF EXISTS chaos_commit ON archive;
       CREATE CONSTRAINT TRIGGER chaos_commit AFTER INSERT ON archive DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION chaos_commit();
     END $$`,
  )
  try {
    return await work()
  } finally {
    await insist(
      db,
      'DO $$ BEGIN PERFORM pg_advisory_xact_lock(42); DROP TRIGGER IF EXISTS chaos_commit ON archive; END $$',
    )
  }
}

const SLOW_S = 0.4

/** Commits take so long that a process can be stopped in the midst of one. */
export const slowCommits = <T>(db: Queries, work: () => Promise<T>): Promise<T> =>
  inEachCommit(db, `pg_sleep(${SLOW_S})`, work)

/** What can happen to the connections of a database. */
export function databaseFaults(db: Database): readonly Fault[] {
  const targets = ['PostgreSQL']
  return [
    {
      name: 'terminate backends',
      kind: 'database',
      targets,
      holds: [0, 0],
      strike: () =>
        insist(
          db,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
        ),
    },
    {
      name: 'terminate backends in their commit',
      kind: 'database',
      targets,
      holds: [50, 800],
      strike: (holdMs) => inEachCommit(db, 'pg_terminate_backend(pg_backend_pid())', () => sleep(holdMs)),
    },
  ]
}
