import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { DataFolderLocked, DataFolderNotWritable } from './fault.ts'
import { isCode, readIfThere, writePrivate } from './private-file.ts'

/** Why a process holds the folder: `running` until it is stopped, `brief` for one command, `leaving` on its way out. */
export type Holding = 'running' | 'brief' | 'leaving'

/** The data folder, held by this process alone until it is disposed of or the process dies. */
export interface DataFolder extends AsyncDisposable {
  readonly path: string
  /** Where a file of that name stands. */
  readonly file: (name: string) => string
  /** Tells who waits for the folder that it will soon be free. */
  readonly leave: () => Promise<void>
}

/** How a folder is taken. */
export interface DataFolderOptions {
  /** `running` unless given. */
  readonly holding?: 'running' | 'brief'
  /** How long to wait, in ms, for a holder that will not be long; 3000 for one that leaves, 10 000 for a command, unless given. */
  readonly waitMs?: number
}

/** The SQLite database whose exclusive transaction is the lock. Nobody else may open it: closing it anywhere frees the lock. */
const LOCK = 'lock'
/** Who holds the lock; for messages only. */
const HOLDER = 'holder.json'

const RETRY_MS = 50
const SQLITE_BUSY = 5

/**
 * Takes the folder, which is made if it is missing. The kernel frees the lock however the process ends.
 * @throws DataFolderLocked when another process holds it and is not about to leave
 * @throws DataFolderNotWritable
 */
export async function openDataFolder(folder: string, options: DataFolderOptions = {}): Promise<DataFolder> {
  const { holding = 'running', waitMs } = options
  try {
    await make(folder)
    const lock = await take(folder, waitMs)
    const note = (state: Holding): Promise<void> =>
      writePrivate(path.join(folder, HOLDER), `${JSON.stringify({ pid: process.pid, state })}\n`)
    await note(holding)
    return {
      path: folder,
      file: (name) => path.join(folder, name),
      leave: () => note('leaving'),
      [Symbol.asyncDispose]: async () => {
        if (lock.isOpen) lock.close()
      },
    }
  } catch (error) {
    throw writeFault(error, folder)
  }
}

/** The folder itself is made by a plain mkdir: the recursive one turns for ever where nothing can be made, below /proc say. */
async function make(folder: string): Promise<void> {
  try {
    await mkdir(path.dirname(folder), { recursive: true })
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (!isCode(error, 'EEXIST') || !(await stat(folder)).isDirectory()) throw error
  }
}

async function take(folder: string, waitMs: number | undefined): Promise<DatabaseSync> {
  const begun = performance.now()
  for (;;) {
    const lock = tryLock(path.join(folder, LOCK))
    if (lock !== undefined) return lock
    const { pid, state } = await holderOf(folder)
    if (performance.now() - begun >= patience(state, waitMs)) throw locked(folder, pid)
    await wait(RETRY_MS)
  }
}

function patience(state: string | undefined, waitMs: number | undefined): number {
  if (state === 'running') return 0
  return waitMs ?? (state === 'brief' ? 10_000 : 3_000)
}

function tryLock(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined
    throw error
  }
}

async function holderOf(folder: string): Promise<{ pid?: number; state?: string }> {
  const holder: unknown = JSON.parse((await readIfThere(path.join(folder, HOLDER))) ?? '{}')
  if (!(holder instanceof Object)) return {}
  return {
    ...('pid' in holder && typeof holder.pid === 'number' && { pid: holder.pid }),
    ...('state' in holder && typeof holder.state === 'string' && { state: holder.state }),
  }
}

function locked(folder: string, pid: number | undefined): DataFolderLocked {
  const who = pid === undefined ? 'another process' : `process ${pid}`
  return new DataFolderLocked(`${folder} is in use by ${who}: stop it, or set JABIRU_DATA_DIR to another folder`)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left',
  EDQUOT: 'no space is left',
  EEXIST: 'a file is in its way',
  ENOTDIR: 'a file is in its way',
}

/** SQLite's word for a file that cannot be opened or written. */
const SQLITE_NO_ACCESS = [8, 10, 13, 14]

function writeFault(error: unknown, folder: string): unknown {
  const sqlite = error instanceof Error && 'errcode' in error && SQLITE_NO_ACCESS.includes(Number(error.errcode))
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!sqlite && !isCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOSPC', 'ENOTDIR', 'EEXIST', 'EDQUOT'))
    return error
  const why = REASONS[code] ?? `no right to write there, ${code}`
  return new DataFolderNotWritable(
    `cannot keep data in ${folder} (${why}): mend that, or set JABIRU_DATA_DIR to another folder`,
  )
}
