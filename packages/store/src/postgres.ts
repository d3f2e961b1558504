import pg from 'pg'
import { type Database, type Param, type Queries, SqlError, StoreUnavailable, sqlFailure } from './database.ts'
import { createStatementNames } from './statement-names.ts'
import { declared, encodeParam, parserOf } from './text-format.ts'

/** How PostgreSQL is reached. */
export interface PostgresOptions {
  /** `postgres://user:secret@host:port/database`, with the parameters of libpq. */
  readonly url: string
  /** Connections at most, per process. */
  readonly poolSize?: number | undefined
  /** Waiting for a connection, made or free, ends with StoreUnavailable. */
  readonly connectTimeoutMs?: number | undefined
  /** A statement that has not answered is given up with StoreUnavailable, here and in the server. */
  readonly queryTimeoutMs?: number | undefined
  /** False behind a pooler that gives each transaction another connection and knows no prepared statements. */
  readonly preparedStatements?: boolean | undefined
  /** The database is replicated: without a synchronous standby its `check` fails, for a failover would lose commits. */
  readonly requireStandby?: boolean | undefined
}

const SERVER_MARGIN = 0.8
/** Of the connections; the groups of services of a process renew their leases side by side. */
const ASIDE = 0.25
/** A connection that is idle this long is closed, and with it goes what was prepared on it. */
const IDLE_MS = 300_000

/** Opens a pool. Connects on the first statement, and again by itself after any loss. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const { preparedStatements = true, requireStandby = false, poolSize = 8, queryTimeoutMs = 15_000 } = options
  const aside = Math.ceil((poolSize - 1) * ASIDE)
  const pool = createPool({ ...options, queryTimeoutMs, poolSize: poolSize - aside })
  const first = aside === 0 ? undefined : createPool({ ...options, queryTimeoutMs, poolSize: aside })
  let closing: Promise<undefined> | undefined

  const runsOn = (of: pg.Pool) => {
    const borrow = createBorrow(of, queryTimeoutMs, preparedStatements ? createStatementNames() : noted)
    return async <T>(fn: (run: Run) => Promise<T>): Promise<T> => {
      if (closing) throw new StoreUnavailable('the store is closed')
      return borrow(fn)
    }
  }
  const withRun = runsOn(pool)
  const once: Run = (...statement) => withRun((run) => run(...statement))
  const firstRun = first && runsOn(first)
  const close = (): Promise<undefined> => (closing ??= Promise.all([pool.end(), first?.end()]).then(noted))
  return {
    kind: 'postgres',
    ...queries(once),
    ahead: firstRun && queries((...statement) => firstRun((run) => run(...statement))),
    transaction: (fn) => withRun((run) => transact(run, fn)),
    check: async () => {
      const { rows } = await once(STATE)
      const lack = lackOf(declared<State>(rows)[0], requireStandby)
      if (lack !== undefined) throw new StoreUnavailable(lack)
      return undefined
    },
    close,
    [Symbol.asyncDispose]: async () => {
      await close()
    },
  }
}

type PoolOptions = PostgresOptions & { readonly poolSize: number; readonly queryTimeoutMs: number }

function createPool({ url, poolSize, connectTimeoutMs = 5_000, queryTimeoutMs }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: connectTimeoutMs,
    // The server gives up first, so that a statement given up here is not left running there.
    statement_timeout: Math.ceil(queryTimeoutMs * SERVER_MARGIN),
    idle_in_transaction_session_timeout: queryTimeoutMs,
    keepAlive: true,
    types: { getTypeParser: (oid: number) => parserOf(oid) },
  })
  // A lost connection without listener would end the process; the next statement meets the loss and tells of it.
  pool.on('error', noted)
  pool.on('connect', (client) => client.on('error', noted))
  return pool
}

/** Runs one statement on a connection; `timeoutMs` in place of the pool's. */
type Run = (sql: string, params?: readonly Param[], timeoutMs?: number) => Promise<pg.QueryResult<object>>

/** Lends a connection out, and drops it if it was lost meanwhile. */
function createBorrow(pool: pg.Pool, queryTimeoutMs: number, nameOf: (sql: string) => string | undefined) {
  return async <T>(fn: (run: Run) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch((err: unknown) => {
      throw new StoreUnavailable(`PostgreSQL takes no connection: ${reasonOf(err)}`, err)
    })
    let broken = false
    const run: Run = async (sql, params, timeoutMs = queryTimeoutMs) => {
      try {
        if (params === undefined) return await answerOf(client, { text: sql }, timeoutMs)
        const values = params.map(encodeParam)
        return await answerOf(client, { name: nameOf(sql), text: sql, values }, timeoutMs)
      } catch (err) {
        const failure = failureOf(err)
        broken ||= failure instanceof StoreUnavailable
        throw failure
      }
    }
    try {
      return await fn(run)
    } finally {
      client.release(broken)
    }
  }
}

/**
 * Rejects after so long, and the connection is of no use then. By a callback and a timer of our own: pg assigns its own, for a
 * promise or a limit, to a property of the query, and V8 makes what is assigned so among what is old, where it and all it
 * leads to stay until everything is collected.
 */
function answerOf(client: pg.PoolClient, query: pg.QueryConfig, timeoutMs: number): Promise<pg.QueryResult<object>> {
  const { promise, resolve, reject } = Promise.withResolvers<pg.QueryResult<object>>()
  const timer = setTimeout(() => reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs)
  client.query(query, (err: Error | null, result) => {
    clearTimeout(timer)
    if (err) reject(err)
    else resolve(result)
  })
  return promise
}

function noted(): undefined {
  return undefined
}

function reasonOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err)
}

/** What a timer takes at most: 24 days. */
const NO_LIMIT_MS = 2 ** 31 - 1

function queries(run: Run): Queries {
  return {
    query: async <Row>(sql: string, params: readonly Param[] = []) => {
      const { rows } = await run(sql, params)
      return declared<Row>(rows)
    },
    script: async (sql) => {
      await run(sql, undefined, NO_LIMIT_MS)
      return undefined
    },
  }
}

async function transact<T>(run: Run, fn: (q: Queries) => Promise<T>): Promise<T> {
  await run('begin')
  let result
  try {
    result = await fn(queries(run))
  } catch (err) {
    // A rollback that fails leaves a broken connection, whose end rolls back; the first error is the news.
    await run('rollback').catch(noted)
    throw err
  }
  const { command } = await run('commit')
  if (command === 'ROLLBACK') throw new SqlError({ message: 'a statement was refused', sqlstate: '25P02' })
  return result
}

/** What a commit is worth here. `sync_state` is null to a role that may not see it. */
const STATE = `
select pg_is_in_recovery() as standby,
       current_setting('transaction_read_only') = 'on' as read_only,
       current_setting('synchronous_commit') in ('off', 'local') as loose,
       current_setting('synchronous_standby_names') <> '' as wants_standby,
       exists (select from pg_stat_replication where sync_state in ('sync', 'quorum') or sync_state is null) as has_standby`

interface State {
  readonly standby: boolean
  readonly read_only: boolean
  readonly loose: boolean
  readonly wants_standby: boolean
  readonly has_standby: boolean
}

function lackOf(state: State | undefined, requireStandby: boolean): string | undefined {
  if (state === undefined) return 'PostgreSQL does not tell its state'
  if (state.standby) return 'this PostgreSQL is a standby'
  if (state.read_only) return 'this PostgreSQL takes no writes'
  if (state.loose) return 'synchronous_commit is off: a commit may be lost'
  if ((state.wants_standby || requireStandby) && !state.has_standby) return 'no synchronous standby is connected'
  return undefined
}

function failureOf(err: unknown): Error {
  if (err instanceof SqlError) return err
  if (!(err instanceof pg.DatabaseError))
    return new StoreUnavailable(`PostgreSQL does not answer: ${reasonOf(err)}`, err)
  const { message, code = 'XX000', constraint, detail, routine } = err
  // A later release changed a table under a prepared statement: another connection prepares it anew.
  if (routine === 'RevalidateCachedQuery') return new StoreUnavailable(message, err)
  return sqlFailure({ message, sqlstate: code, constraint, detail }, err)
}
