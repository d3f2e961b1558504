import { type PGlite, parse, protocol } from '@electric-sql/pglite'
import { SqlError } from './database.ts'
import { createStatementNames } from './statement-names.ts'
import { declared } from './text-format.ts'

const { serialize } = protocol

/** The one session of a PGlite: statements and transactions take it in turn, in the order they came. */
export interface PgliteSession {
  /** Runs one statement; `tx` names the open transaction it belongs to. */
  readonly query: (sql: string, params: readonly (string | null)[], tx?: number) => Promise<readonly unknown[]>
  readonly script: (sql: string, tx?: number) => Promise<undefined>
  /** Resolves when the transaction has the session to itself. */
  readonly begin: (tx: number) => Promise<undefined>
  readonly end: (tx: number, how: 'commit' | 'rollback') => Promise<undefined>
  /** Rolls back what is open, and closes. */
  readonly close: () => Promise<undefined>
}

/** Takes a PGlite over: nobody else may use it. */
export function createPgliteSession(db: PGlite): PgliteSession {
  const run = createRunner(db)
  const open = new Map<number, PromiseWithResolvers<undefined>>()
  let turn: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(fn: () => Promise<T>): Promise<T> => {
    const mine = turn.then(fn)
    turn = mine.catch(() => undefined) // the caller has the failure; the next in turn goes on
    return mine
  }
  /** Nobody else does it: PGlite has no checkpointer, its log grows and a start after a crash replays all of it. */
  const keepLogShort = async (): Promise<undefined> => {
    const [log] = declared<{ long: boolean }>(await run(LOG_TO_REPLAY, []))
    if (log?.long === true) await db.exec('checkpoint')
    return undefined
  }
  let statements = 0
  const counted: Runner = async (sql, params) => {
    statements += 1
    // What goes wrong here the next statement meets too, and its caller is told.
    if (statements % STATEMENTS_PER_LOOK === 0) inTurn(keepLogShort).catch(() => undefined)
    return run(sql, params)
  }
  const inside = <T>(tx: number | undefined, fn: () => Promise<T>): Promise<T> => {
    if (tx === undefined) return inTurn(fn)
    return open.has(tx)
      ? fn()
      : Promise.reject(new SqlError({ message: 'the transaction has ended', sqlstate: '25P01' }))
  }
  const end = (tx: number, how: 'commit' | 'rollback'): Promise<undefined> =>
    inside(tx, async () => {
      try {
        const [done] = await db.exec(how)
        if (how === 'commit' && done?.command === 'ROLLBACK')
          throw new SqlError({ message: 'a statement of the transaction was refused', sqlstate: '25P02' })
      } finally {
        open.get(tx)?.resolve(undefined)
        open.delete(tx)
      }
      return undefined
    })
  return {
    query: (sql, params, tx) => inside(tx, () => counted(sql, params)),
    script: (sql, tx) =>
      inside(tx, async () => {
        await db.exec(sql)
        return undefined
      }),
    begin: async (tx) => {
      const begun = Promise.withResolvers<undefined>()
      const ended = Promise.withResolvers<undefined>()
      inTurn(async () => {
        await db.exec('begin')
        open.set(tx, ended)
        begun.resolve(undefined)
        await ended.promise
      }).catch(begun.reject)
      return begun.promise
    },
    end,
    close: async () => {
      for (const tx of open.keys()) await end(tx, 'rollback')
      await turn
      await db.close()
      return undefined
    },
  }
}

const STATEMENTS_PER_LOOK = 16
const LOG_TO_REPLAY = `
select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn) > 32 * 1024 * 1024 as long from pg_control_checkpoint()`

type Runner = (sql: string, params: readonly (string | null)[]) => Promise<readonly unknown[]>

/** Statements are parsed once: PGlite's own `query` parses and describes each time, at 1 ms for a large one. */
function createRunner(db: PGlite): Runner {
  const nameOf = createStatementNames()
  const prepared = new Set<string>()
  const send = (...messages: readonly Uint8Array[]): ReturnType<PGlite['execProtocolStream']> =>
    db.execProtocolStream(Buffer.concat([...messages, serialize.sync()]), { syncToFs: false })

  return (sql, params) =>
    db.runExclusive(async () => {
      const name = nameOf(sql) ?? ''
      if (!prepared.has(name)) await send(serialize.parse({ name, text: sql }))
      if (name !== '') prepared.add(name)
      const messages = await send(
        serialize.bind({ statement: name, values: [...params] }),
        serialize.describe({ type: 'P' }),
        serialize.execute({}),
      )
      return parse.parseResults(messages, db.parsers)[0]?.rows ?? []
    })
}
