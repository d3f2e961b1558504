import path from 'node:path'
import { type Config, UserFault } from '@jabiru/runtime'
import { type Database, openDatabase, SchemaTooNew } from '@jabiru/store'

/** Opens the database that the configuration names; the embedded one lies in the data folder. Does not migrate. */
export function openConfigured({ data_dir, postgres }: Pick<Config, 'data_dir' | 'postgres'>): Promise<Database> {
  const { url, connections } = postgres
  const where = url === undefined ? { dir: path.join(data_dir, 'postgres') } : { url: url.reveal() }
  return openDatabase({ ...where, poolSize: connections })
}

/** Makes it usable, or closes it. Rejects with UserFault where a later release has made it. */
export async function prepared(
  database: Database,
  prepare: (database: Database) => Promise<unknown>,
): Promise<Database> {
  try {
    await prepare(database)
    return database
  } catch (fault) {
    await database.close()
    if (fault instanceof SchemaTooNew) throw new UserFault(`${fault.message}: run that release, or a later one`)
    throw fault
  }
}
