import { setTimeout as sleep } from 'node:timers/promises'
import { type Bus, BusUnavailable, connectNats, createInProcessBus } from '@jabiru/bus'
import { standingLeases } from '@jabiru/cluster'
import type { Config, Log, Readiness, Service } from '@jabiru/runtime'
import { type LiveState, openState } from '@jabiru/state'
import { type Database, migrate, StoreUnavailable } from '@jabiru/store'
import { openConfigured, prepared } from './store.ts'

/** What the services of a process stand on: the embedded twin, or the real one where a URL names it. */
export interface Engines {
  readonly bus: Bus
  /** Absent where no service of the process keeps anything. */
  readonly database: Database | undefined
  /** Absent likewise. */
  readonly state: LiveState | undefined
}

/** Rejects with what is wrong. */
interface Checked {
  readonly check: () => Promise<unknown>
}

/** The engines, as far as their state is looked at. */
export interface WatchedEngines {
  readonly bus: Pick<Bus, 'connected'>
  readonly database: Checked | undefined
  readonly state: Checked | undefined
}

export interface EnginesDeps {
  readonly config: Config
  readonly log: Log
  /** Told which engine is away, and why, and when it is back. */
  readonly readiness: Pick<Readiness, 'block' | 'clear'>
  /** Whether a service of this process needs the database. */
  readonly stores: boolean
  readonly name: string
  /** Given up when this is aborted: somebody wants the process to stop. */
  readonly signal: AbortSignal
}

const AGAIN_MS = 1_000

/** Waits for an engine that is away, for as long as it takes: a process that ends would only be started again. */
async function patiently<T>(deps: EnginesDeps, engine: string, open: () => Promise<T>): Promise<T> {
  const { readiness, signal } = deps
  for (;;) {
    try {
      const opened = await open()
      readiness.clear(engine)
      return opened
    } catch (fault) {
      if (!(fault instanceof BusUnavailable || fault instanceof StoreUnavailable)) throw fault
      readiness.block(engine, reasonOf(fault))
    }
    await sleep(AGAIN_MS, undefined, { signal })
  }
}

const reasonOf = ({ message, cause }: Error): string =>
  cause instanceof Error && cause.message !== '' && !message.includes(cause.message)
    ? `${message}: ${cause.message}`
    : message

export async function openBus(deps: EnginesDeps): Promise<Bus> {
  const { config, log, name } = deps
  const onFault = (err: unknown, subject: string) => log.error({ err, subject }, 'handler_failed')
  const url = config.nats.url
  if (url === undefined) return createInProcessBus({ onFault })
  return patiently(deps, 'nats', () => connectNats({ url: url.reveal(), name, onFault }))
}

export function openStore(deps: EnginesDeps): Promise<Database> {
  const { config } = deps
  const { url, migrate: wanted } = config.postgres
  const prepare = wanted || url === undefined ? migrate : (database: Database) => database.check()
  return patiently(deps, 'postgres', async () => prepared(await openConfigured(config), prepare))
}

/** The live state does not keep anybody from starting: it says by itself when it is away. */
export function openLiveState({ config }: EnginesDeps, database: Database): Promise<LiveState> {
  const stands = standingLeases(database)
  return openState({
    url: config.redis.url?.reveal(),
    standing: ({ scope, token }) => {
      const [service = '', part = ''] = scope.split('.')
      return stands(service, { part: Number(part), token })
    },
  })
}

/** An engine that has not answered by then is said to be away, although it may answer yet. */
const SILENCE_MS = 3_000

/** Looks at the engines every second: readiness says which one is away, and why. */
export function watchEngines(
  { bus, database, state }: WatchedEngines,
  readiness: Pick<Readiness, 'block' | 'clear'>,
  silenceMs = SILENCE_MS,
): Service {
  let timer: NodeJS.Timeout | undefined
  let over = false
  const tell = async (name: string, engine: Checked | undefined) => {
    const silence = setTimeout(() => readiness.block(name, `no answer in ${silenceMs} ms`), silenceMs)
    try {
      await engine?.check()
      readiness.clear(name)
    } catch (fault) {
      readiness.block(name, fault instanceof Error ? reasonOf(fault) : String(fault))
    } finally {
      clearTimeout(silence)
    }
  }
  const look = async () => {
    if (bus.connected()) readiness.clear('nats')
    else readiness.block('nats', 'no connection')
    await Promise.all([tell('postgres', database), tell('redis', state)])
    if (!over) timer = setTimeout(() => void look(), AGAIN_MS)
  }
  return {
    name: 'engines',
    ready: look,
    [Symbol.asyncDispose]: () => {
      over = true
      clearTimeout(timer)
      return Promise.resolve()
    },
  }
}
