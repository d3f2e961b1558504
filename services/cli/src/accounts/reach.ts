import { setTimeout as wait } from 'node:timers/promises'
import { createAccounts, postgresAccounts } from '@jabiru/auth'
import { type Config, DataFolderLocked, openDataFolder } from '@jabiru/runtime'
import { openControl } from '../control/client.ts'
import { controlOf } from '../control/file.ts'
import { openStore } from '../store.ts'
import { type Perform, performOn } from './command.ts'

/** The accounts, however they are reached. */
export interface Reached extends AsyncDisposable {
  readonly perform: Perform
}

/** A server that holds the folder and does not answer is starting or stopping; neither takes longer. */
const PATIENCE_MS = 30_000
const RETRY_MS = 200

/**
 * Reaches the accounts: in Postgres where one is set, else through the running server, else in the data folder itself.
 * @throws DataFolderLocked when the folder is held by a server that does not answer
 */
export async function reachAccounts(config: Config): Promise<Reached> {
  if (config.postgres.url !== undefined) return openDirectly(config, [])
  const begun = performance.now()
  for (;;) {
    const found = await tryFolder(config)
    if (!(found instanceof DataFolderLocked)) return found
    const running = await openControl(controlOf(config))
    if (running !== undefined) return { perform: running, [Symbol.asyncDispose]: () => Promise.resolve() }
    if (performance.now() - begun > PATIENCE_MS) throw found
    await wait(RETRY_MS)
  }
}

/** The lock tells for certain whether a server runs; what it left in the folder does not. */
async function tryFolder(config: Config): Promise<Reached | DataFolderLocked> {
  try {
    return await openDirectly(config, [await openDataFolder(config.data_dir, { holding: 'brief' })])
  } catch (error) {
    if (error instanceof DataFolderLocked) return error
    throw error
  }
}

async function openDirectly(config: Config, held: readonly AsyncDisposable[]): Promise<Reached> {
  await using open = new AsyncDisposableStack()
  for (const resource of held) open.use(resource)
  const database = open.use(await openStore(config))
  const { domains, auth } = config
  const store = postgresAccounts(database)
  // Who is here cannot end its sessions and tell its contacts: that is for whoever serves, now or later.
  const remove: typeof store.remove = async (jid) => (await store.read(jid)) !== undefined && store.retire(jid)
  const accounts = createAccounts({ domains, scram_iterations: auth.scram_iterations }, { ...store, remove })
  const kept = open.move()
  return { perform: withWarning(performOn(accounts)), [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** An account that is removed where nobody serves is gone for its owner at once, and for others later. */
const withWarning =
  (perform: Perform): Perform =>
  async (command) => {
    const answer = await perform(command)
    if (command.do !== 'remove') return answer
    return { ...answer, said: [...answer.said, 'its contacts are told, and its name is free, once a server has run'] }
  }
