import { type Database, fenced, migrate, openDatabase, StoreUnavailable } from '@jabiru/store'
import { databaseLeases } from '../src/lease-table.ts'
import type { Ground, Rules } from './ground.ts'

/** The database's own clock, and one that a schedule can make jump; it is found first. */
const SETUP = `
  create schema if not exists simulated;
  create table if not exists simulated.jump (ms bigint not null);
  delete from simulated.jump;
  insert into simulated.jump values (0);
  create or replace function simulated.clock_timestamp() returns timestamptz volatile language sql as
    'select pg_catalog.clock_timestamp() + (select ms from simulated.jump) * interval ''1 ms''';
  create table if not exists simulated.write (id bigint generated always as identity, service text, part int, token bigint);
`
const SEARCH_PATH = '-c search_path=simulated,public,pg_catalog'
/** Statements that wait for each other must not wait for a connection. */
const POOL_SIZE = 40

/** Ground on a real PostgreSQL: the lease table, and the fence of every durable write. */
export interface DatabaseGround extends AsyncDisposable {
  /** A ground of its own for one schedule. */
  readonly open: (service: string, rules: Rules) => Ground
  /** Resolves when every statement has been answered, or waits for a lock. */
  readonly settled: () => Promise<void>
}

export async function openDatabaseGround(url: string): Promise<DatabaseGround> {
  const held = new URL(url)
  held.searchParams.set('options', SEARCH_PATH)
  const db = await openDatabase({ url: held.href, poolSize: POOL_SIZE })
  const watcher = await openDatabase({ url, poolSize: 4 })
  await migrate(watcher)
  await watcher.script(SETUP)

  const holding = new Set<() => void>()
  let running = 0
  const counted = async <T>(statement: Promise<T>): Promise<T> => {
    running++
    try {
      return await statement
    } finally {
      running--
    }
  }
  const counting: Pick<Database, 'query' | 'script'> = {
    query: (sql, params) => counted(db.query(sql, params)),
    script: (sql) => counted(db.script(sql)),
  }
  const waiting = async (): Promise<number> => {
    const [row] = await watcher.query<{ waiting: number }>(
      `select count(*) as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and state = 'active'`,
    )
    return row?.waiting ?? 0
  }

  return {
    open: (service, rules) => {
      const holds = new Map<string, () => void>()
      return {
        table: databaseLeases({ ...db, ...counting, ahead: undefined }, service),
        write: ({ part, token }, by) => write(counting, { service, part, token }, by, rules),
        read: async ({ part, token }) => {
          const [row] = await counting.query<{ found: number }>(
            'select count(*) as found from simulated.write where service = $1 and part = $2 and token < $3',
            [service, part, token],
          )
          return row?.found ?? 0
        },
        jump: (ms) => void counting.query('update simulated.jump set ms = ms + $1', [Math.round(ms)]),
        hold: (by, on) => {
          holds.get(by)?.()
          holds.delete(by)
          if (!on) return
          const release = holdWrites(db, by)
          holds.set(by, release)
          holding.add(release)
        },
      }
    },
    settled: async () => {
      for (;;) {
        await new Promise<void>((resolve) => void setImmediate(resolve))
        if (running === 0 || (await waiting()) >= running) return
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const release of holding) release()
      await db.close()
      await watcher.close()
    },
  }
}

/** Locks the lease row first, then waits where the writes of its member are held. */
async function write(
  db: Pick<Database, 'query' | 'script'>,
  lease: { readonly service: string; readonly part: number; readonly token: number },
  by: string,
  rules: Rules,
): Promise<'written' | 'fenced'> {
  const insert = 'insert into simulated.write (service, part, token) select $1, $2, $3'
  const gate = 'select pg_advisory_xact_lock_shared(hashtext($4)) as passed'
  const params = [lease.service, lease.part, lease.token, by]
  if (!rules.fencedWrites) {
    await db.query(`with gate as (${gate}) ${insert} from gate`, params)
    return 'written'
  }
  const outcome = await fenced(db, lease, {
    with: { gate: `${gate} from fence` },
    sql: `${insert} from fence, gate returning id`,
    params,
  })
  return outcome === 'fenced' ? 'fenced' : 'written'
}

/** Until what it returns is called, writes of this member stay where they are. */
function holdWrites(db: Database, by: string): () => void {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  db.transaction(async (q) => {
    await q.query('select pg_advisory_xact_lock(hashtext($1))', [by])
    await promise
  }).catch((fault: unknown) => {
    // The database ends what holds for too long; what it held goes on.
    if (!(fault instanceof StoreUnavailable)) throw fault
  })
  return () => resolve(undefined)
}
