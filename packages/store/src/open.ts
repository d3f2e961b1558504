import type { Database } from './database.ts'
import { openPglite } from './pglite.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'

/** Where the lasting state is. `url` (PostgreSQL) wins over `dir` (the embedded twin's own folder, created if missing). */
export interface StoreOptions extends Omit<PostgresOptions, 'url'> {
  readonly url?: string | undefined
  readonly dir?: string | undefined
}

/** Opens PostgreSQL when a URL is given, PGlite on the folder otherwise. Does not migrate: see `migrate`. */
export function openDatabase({ url, dir, ...options }: StoreOptions): Promise<Database> {
  if (url !== undefined) return openPostgres({ url, ...options })
  if (dir !== undefined) return openPglite(dir)
  throw new TypeError('openDatabase needs a url or a dir')
}
