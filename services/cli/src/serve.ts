import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Accounts } from '@jabiru/auth'
import {
  type Config,
  createLog,
  createReadiness,
  type Log,
  openDataFolder,
  putLoopFirst,
  type Readiness,
  startHealth,
  startTelemetry,
} from '@jabiru/runtime'
import { performOn } from './accounts/command.ts'
import { controlOf } from './control/file.ts'
import { type ControlParts, startControl } from './control/server.ts'
import { ensureDemo } from './demo.ts'
import { createLeaving } from './leaving.ts'
import { watchStop } from './stop.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'
import { welcome } from './welcome.ts'

/** The services, running. */
export interface House {
  readonly accounts: Accounts | undefined
  readonly stop: () => Promise<void>
}

/** What the services are built of. */
export interface HouseParts {
  readonly config: Config
  readonly log: Log
  readonly readiness: Readiness
  /** Aborted when somebody wants the process to stop before it has started. */
  readonly signal: AbortSignal
  /** The version that is told to who asks. */
  readonly software: string
  /** Told in words how far it is with leaving. */
  readonly onLeaving: (progress: string) => void
}

/** What is to be served. */
export interface Serving {
  readonly config: Config
  /** Keys that were set and take no effect. */
  readonly unserved: readonly string[]
  readonly startHouse: (parts: HouseParts) => Promise<House>
  /** Everything lies in the data folder, which this process holds alone; the command line and the demo accounts are for that form. */
  readonly embedded: boolean
  /** Clients connect to this process. */
  readonly listens: boolean
}

/** Runs the server until it is told to stop; resolves to the exit code. Throws UserFault when it cannot start. */
export async function serve(
  { config, unserved, startHouse, embedded, listens }: Serving,
  terminal: Terminal,
): Promise<number> {
  putLoopFirst()
  using stop = watchStop({ onInsist: () => terminal.abort(1) })
  await using open = new AsyncDisposableStack()
  const log = createLog(config.log)
  for (const key of unserved) log.warn({ key }, 'setting_without_effect')

  const folder = embedded ? open.use(await openDataFolder(config.data_dir)) : undefined
  const readiness = createReadiness()
  readiness.block('process', 'starting')
  const software = version(terminal.home)
  const { metrics } = open.use(await startTelemetry({ config: config.telemetry, software, log }))
  const health = open.use(await startHealth({ host: config.listen, port: config.health.port }, { readiness, metrics }))
  const starting = new AbortController()
  void stop.requested.then(() => starting.abort())
  const { signal } = starting
  const leaving = createLeaving(readiness)
  const onLeaving = leaving.tell
  // Open until the services have stopped, and no longer than the folder is held.
  const door = open.use(new AsyncDisposableStack())
  const house = await unlessAborted(signal, startHouse({ config, log, software, readiness, signal, onLeaving }))
  if (house === undefined) return 0
  open.defer(house.stop)
  const { accounts } = house
  const perform = embedded && accounts ? performOn(accounts) : undefined
  const file = controlOf(config, health.port)
  const drain = (tell: (progress: string) => void) => {
    leaving.follow(tell)
    stop.request('drain')
  }
  const control = { file, log, drain, perform: () => (leaving.hasBegun() ? undefined : perform) }
  if (folder) door.use(await startControl(control))
  else await openUnheld(door, control)
  const demo = folder && accounts && (await ensureDemo(config, folder, accounts))

  readiness.clear('process')
  for (const line of welcome({ config, demo, software, healthPort: health.port, listens })) terminal.out(line)
  const reason = await stop.requested
  leaving.begin()
  // Only a courtesy to whoever starts next: a full disk does not keep the server from stopping.
  await folder?.leave().catch((err: unknown) => log.warn({ err }, 'leaving_not_told'))
  log.info({ reason }, 'stopping')
  await open.disposeAsync()
  log.info({}, 'stopped')
  return 0
}

/** One process of several holds no folder, and runs without one: it can be drained by a signal all the same. */
async function openUnheld(door: AsyncDisposableStack, parts: ControlParts): Promise<void> {
  try {
    await mkdir(path.dirname(parts.file), { recursive: true, mode: 0o700 })
    door.use(await startControl(parts))
  } catch (err) {
    parts.log.warn({ err, file: parts.file }, 'control_unavailable')
  }
}

/** Undefined where starting was given up because somebody wants the process to stop. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (fault) {
    if (signal.aborted) return undefined
    throw fault
  }
}
