import { type Database, type Param, type Queries, StoreUnavailable } from './database.ts'
import { openLink } from './pglite-link.ts'
import type { Question } from './pglite-protocol.ts'
import { declared, encodeParam } from './text-format.ts'

/**
 * Opens PGlite on a folder, in a worker thread. The caller holds the lock on the folder: two processes on one folder
 * corrupt it in silence. Data survives the death of the process, not of the power: PGlite never calls fsync.
 */
export async function openPglite(dir: string): Promise<Database> {
  let link = openLink(dir)
  let closing: Promise<undefined> | undefined
  let transactions = 0
  await link.ready

  const ask = (question: Question): Promise<readonly unknown[]> => {
    if (closing) return Promise.reject(new StoreUnavailable('the store is closed'))
    // What a dead worker held has been refused; another one opens the folder, which recovers as after a crash.
    if (!link.alive()) link = openLink(dir)
    return link.ask(question)
  }
  const queries = (tx?: number): Queries => ({
    query: async <Row>(sql: string, params: readonly Param[] = []) => {
      const rows = await ask({ do: 'query', sql, params: params.map(encodeParam), ...(tx !== undefined && { tx }) })
      return declared<Row>(rows)
    },
    script: async (sql) => {
      await ask({ do: 'script', sql, ...(tx !== undefined && { tx }) })
      return undefined
    },
  })
  const close = (): Promise<undefined> => (closing ??= link.close())
  return {
    kind: 'pglite',
    ...queries(),
    transaction: async (fn) => {
      const tx = ++transactions
      await ask({ do: 'begin', tx })
      let result
      try {
        result = await fn(queries(tx))
      } catch (err) {
        await ask({ do: 'rollback', tx })
        throw err
      }
      await ask({ do: 'commit', tx })
      return result
    },
    check: async () => {
      await ask({ do: 'query', sql: 'select 1', params: [] })
      return undefined
    },
    close,
    [Symbol.asyncDispose]: async () => {
      await close()
    },
  }
}
