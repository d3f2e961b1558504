import { type Config, UserFault } from '@jabiru/runtime'
import { openConfigured, prepared } from '@jabiru/standalone/store'
import { type Database, migrate, StoreUnavailable } from '@jabiru/store'

/**
 * Opens the database that the configuration names, its schema up to date. The embedded one only under the data folder's lock.
 * @throws UserFault when it does not answer, or was made by a later release
 */
export async function openStore(config: Config): Promise<Database> {
  const database = await openConfigured(config)
  try {
    return await prepared(database, migrate)
  } catch (error) {
    if (error instanceof StoreUnavailable && config.postgres.url !== undefined)
      throw new UserFault(`the database of JABIRU_POSTGRES_URL does not answer: ${reason(error)}`)
    throw error
  }
}

function reason({ cause, message }: Error): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}
