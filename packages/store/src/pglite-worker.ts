import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { SqlError, type SqlFault } from './database.ts'
import type { Answer, Question, Request } from './pglite-protocol.ts'
import { createPgliteSession, type PgliteSession } from './pglite-session.ts'
import { parserOf } from './text-format.ts'

// PGlite computes where it is called; here it starves nobody's event loop.

/**
 * A first start that is killed half-way leaves a folder that looks whole. A mark beside it tells: nothing was written to a
 * folder that is still marked.
 */
async function openFolder(dir: string): Promise<PGlite> {
  const unfinished = `${dir}.unfinished`
  if (existsSync(unfinished)) await rm(dir, { recursive: true, force: true })
  const fresh = !existsSync(join(dir, 'PG_VERSION'))
  if (fresh) {
    await mkdir(dirname(dir), { recursive: true })
    await writeFile(unfinished, '')
  }
  const db = await PGlite.create({ dataDir: dir })
  if (fresh) await rm(unfinished)
  for (const oid of Object.keys(db.parsers)) db.parsers[oid] = parserOf(Number(oid))
  return db
}

async function answer(session: PgliteSession, question: Question): Promise<readonly unknown[]> {
  switch (question.do) {
    case 'query':
      return session.query(question.sql, question.params, question.tx)
    case 'script':
      await session.script(question.sql, question.tx)
      break
    case 'begin':
      await session.begin(question.tx)
      break
    case 'commit':
    case 'rollback':
      await session.end(question.tx, question.do)
      break
    case 'close':
      await session.close()
  }
  return []
}

/**
 * What the database refused. Anything else ends the worker: after a panic PGlite answers nonsense to all that follows,
 * while a new worker recovers the folder.
 */
function faultOf(err: unknown): SqlFault {
  if (err instanceof SqlError) return { message: err.message, sqlstate: err.sqlstate }
  const text = (key: string): string | undefined => {
    const value: unknown = err instanceof Error ? Reflect.get(err, key) : undefined
    return typeof value === 'string' ? value : undefined
  }
  const sqlstate = text('code')
  if (sqlstate?.length !== 5 || text('severity') !== 'ERROR') throw err
  return { message: text('message') ?? sqlstate, sqlstate, constraint: text('constraint'), detail: text('detail') }
}

const port = parentPort
if (!port) throw new Error('pglite-worker runs as a worker only')
const { dir }: { dir: string } = workerData
const session = createPgliteSession(await openFolder(dir))
const send = (message: Answer): void => {
  port.postMessage(message)
}
port.on('message', (request: Request) => {
  const { id } = request
  void answer(session, request)
    .then((rows) => ({ id, rows }))
    .catch((err: unknown) => ({ id, fault: faultOf(err) }))
    .then(send) // a rejection that is left ends the worker, as an error
})
send({ id: 0, rows: [] })
