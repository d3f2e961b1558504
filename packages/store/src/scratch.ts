import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, link, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Database } from './database.ts'
import { MIGRATIONS, migrate } from './migrate.ts'
import { openPglite } from './pglite.ts'

/** A folder of its own for a test's PGlite; disposing of it removes it. */
export interface ScratchFolder extends AsyncDisposable {
  readonly dir: string
}

/** What a test finds in its database: the tables of the house, or nothing at all. */
export type Content = 'house' | 'nothing'

/**
 * Makes a folder that PGlite opens at once. Making a database takes seconds of computing, and so do its tables: the first
 * test of a machine makes them, and every folder is a copy.
 */
export async function scratchFolder(content: Content = 'house'): Promise<ScratchFolder> {
  const root = await mkdtemp(join(tmpdir(), 'jabiru-scratch-'))
  const dir = join(root, 'db')
  await copy(await template(content), dir)
  return {
    dir,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

/** Opens an embedded database of a test's own. Closing it removes it. */
export async function openScratch(content: Content = 'house'): Promise<Database> {
  const folder = await scratchFolder(content)
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

/** PostgreSQL's own templates. No session connects to them, so nothing is written there, and copies share their files. */
const SHARED = ['base/1', 'base/4']

async function copy(from: string, to: string): Promise<undefined> {
  const shared = SHARED.map((folder) => join(from, folder))
  await cp(from, to, { recursive: true, filter: (file) => !shared.includes(dirname(file)) })
  for (const folder of SHARED)
    for (const name of await readdir(join(from, folder))) await link(join(from, folder, name), join(to, folder, name))
  return undefined
}

const making = new Map<Content, Promise<string>>()

/** The folder that is copied: this user's, of this release of PGlite and of these tables. */
function template(content: Content): Promise<string> {
  const made = making.get(content) ?? makeTemplate(content)
  making.set(content, made)
  return made
}

async function makeTemplate(content: Content): Promise<string> {
  const steps = content === 'house' ? MIGRATIONS : []
  const kind = createHash('sha256')
    .update(JSON.stringify([import.meta.resolve('@electric-sql/pglite'), ...steps]))
    .digest('hex')
    .slice(0, 8)
  const place = join(tmpdir(), `jabiru-pglite-${String(process.getuid?.() ?? 0)}-${kind}`)
  if (existsSync(place)) return place
  const root = await mkdtemp(join(tmpdir(), 'jabiru-scratch-'))
  const dir = join(root, 'db')
  if (content === 'house') await copy(await template('nothing'), dir)
  const db = await openPglite(dir)
  if (content === 'house') await migrate(db)
  await db.script('checkpoint') // or every copy would have to do again what is in the log
  await db.close()
  // Another process may have been first: its folder is as good.
  await rename(dir, place).catch((err: unknown) => {
    if (!existsSync(place)) throw err
  })
  await rm(root, { recursive: true, force: true })
  return place
}
