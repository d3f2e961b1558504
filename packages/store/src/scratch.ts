import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from './database.ts'
import { openPglite } from './pglite.ts'

/** A folder of its own for a test's PGlite; disposing of it removes it. */
export interface ScratchFolder extends AsyncDisposable {
  readonly dir: string
}

/**
 * Makes a folder that PGlite opens at once. Making an empty database takes seconds of computing: the first test of a
 * machine makes one, and every folder is a copy of it.
 */
export async function scratchFolder(): Promise<ScratchFolder> {
  const root = await mkdtemp(join(tmpdir(), 'jabiru-scratch-'))
  const dir = join(root, 'db')
  await cp(await template(), dir, { recursive: true })
  return {
    dir,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

/** Opens an empty embedded database for a test. Closing it removes it. */
export async function openScratch(): Promise<Database> {
  const folder = await scratchFolder()
  const db = await openPglite(folder.dir)
  const close = async (): Promise<undefined> => {
    await db.close()
    await folder[Symbol.asyncDispose]()
    return undefined
  }
  return {
    ...db,
    close,
    [Symbol.asyncDispose]: async () => {
      await close()
    },
  }
}

let making: Promise<string> | undefined

/** The folder that is copied: this user's, and this release of PGlite's. */
function template(): Promise<string> {
  return (making ??= makeTemplate())
}

async function makeTemplate(): Promise<string> {
  const release = createHash('sha256')
    .update(import.meta.resolve('@electric-sql/pglite'))
    .digest('hex')
    .slice(0, 8)
  const place = join(tmpdir(), `jabiru-pglite-${String(process.getuid?.() ?? 0)}-${release}`)
  if (existsSync(place)) return place
  const root = await mkdtemp(join(tmpdir(), 'jabiru-scratch-'))
  const dir = join(root, 'db')
  const db = await openPglite(dir)
  await db.close()
  // Another process may have been first: its folder is as good.
  await rename(dir, place).catch((err: unknown) => {
    if (!existsSync(place)) throw err
  })
  await rm(root, { recursive: true, force: true })
  return place
}
