import path from 'node:path'
import { type Config, UserFault } from '@jabiru/runtime'
import { type Database, migrate, openDatabase, SchemaTooNew, StoreUnavailable } from '@jabiru/store'

/**
 * Opens the database that the configuration names, its schema up to date. The embedded one only under the data folder's lock.
 * @throws UserFault when it does not answer, or was made by a later release
 */
export async function openStore(config: Config): Promise<Database> {
  const { url, connections } = config.postgres
  const where = url === undefined ? { dir: path.join(config.data_dir, 'postgres') } : { url: url.reveal() }
  const database = await openDatabase({ ...where, poolSize: connections })
  try {
    await migrate(database)
    return database
  } catch (error) {
    await database.close()
    if (error instanceof SchemaTooNew) throw new UserFault(`${error.message}: run that release, or a later one`)
    if (error instanceof StoreUnavailable && url !== undefined)
      throw new UserFault(`the database of JABIRU_POSTGRES_URL does not answer: ${reason(error)}`)
    throw error
  }
}

function reason({ cause, message }: Error): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}
