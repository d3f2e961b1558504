import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { createArchive } from '@jabiru/archive'
import { type Accounts, createAccounts, createAuth, postgresAccounts } from '@jabiru/auth'
import type { Bus } from '@jabiru/bus'
import { systemClock } from '@jabiru/cluster'
import { createConnectionManager } from '@jabiru/connection-manager'
import { createPresence } from '@jabiru/presence'
import { createRoster } from '@jabiru/roster'
import {
  type Config,
  createLifecycle,
  ensureSelfSigned,
  type Log,
  type Readiness,
  type Service,
  watchCertificate,
} from '@jabiru/runtime'
import { createSession } from '@jabiru/session'
import type { LiveState } from '@jabiru/state'
import { type Database, sharedSecret } from '@jabiru/store'
import { createEndpoint, type Endpoint, type EndpointWatch, type InstanceRef } from '@jabiru/wire'
import { withNews } from './engine-news.ts'
import { openBus, openLiveState, openStore, watchEngines } from './engines.ts'
import { createLaneMeasures } from './lane-measures.ts'
import { createRemovals } from './removals.ts'
import { archiveSettings, authSettings, connectionSettings, drainDeadlineMs, sessionSettings } from './settings.ts'

/** Services in the order in which they start; they stop the other way round. */
export const SERVICES = ['auth', 'roster', 'presence', 'archive', 'session', 'connection-manager'] as const
export type ServiceName = (typeof SERVICES)[number]

export interface StandaloneOptions {
  readonly config: Config
  readonly services: readonly ServiceName[]
  /** Says what is missing while it is. */
  readonly readiness: Readiness
  /** Starting is given up when this is aborted. */
  readonly signal: AbortSignal
  readonly log: Log
  /** The version that is told to who asks. */
  readonly software: string
  /** Told in words how far it is with leaving. */
  readonly onLeaving: (progress: string) => void
}

export interface Standalone {
  /** Absent where the process keeps nothing. */
  readonly accounts: Accounts | undefined
  readonly stop: () => Promise<void>
}

/** What every service of the process is given. */
interface House extends StandaloneOptions {
  readonly bus: Bus
  readonly endpoint: Endpoint
  readonly database: Database | undefined
  /** Absent likewise. */
  readonly state: LiveState | undefined
}

/** Starts services in this process, on the engines that the configuration names. Resolves when all of them serve. */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  const { config, services, log } = options
  const lifecycle = createLifecycle({ stopDeadlineMs: drainDeadlineMs(config) + config.shutdown.deadline_ms })
  try {
    const self: InstanceRef = { id: randomBytes(6).toString('hex'), epoch: Date.now() }
    const stores = services.some((name) => name !== 'connection-manager')
    const readiness = withNews(options.readiness, log)
    const wanted = { ...options, readiness, stores, name: `${services.join('+')} ${self.id}` }
    const database = stores ? await openStore(wanted) : undefined
    if (database) await lifecycle.start(() => closing('store', () => database.close()))
    const state = database && (await openLiveState(wanted, database))
    if (state) await lifecycle.start(() => closing('state', state.close))
    const bus = await openBus(wanted)
    await lifecycle.start(() => closing('bus', bus.close))
    const measures = createLaneMeasures()
    const endpoint = createEndpoint({
      bus,
      self,
      partitions: config.cluster.partitions,
      onFault: (err, what) => log.error({ err, what }, 'envelope_failed'),
      watch: handingOver(options, measures.watch),
    })
    measures.follow(endpoint)
    await lifecycle.start(() => closing('endpoint', async () => endpoint.close()))
    await lifecycle.start(() => watchEngines({ bus, database, state }, readiness))
    const removals = database && createRemovals({ bus, endpoint, database, clock: systemClock, log })
    const accounts =
      removals && createAccounts(authSettings(config), { ...postgresAccounts(database), remove: removals.remove })
    const house: House = { ...options, bus, endpoint, database, state }
    for (const name of SERVICES) if (services.includes(name)) await lifecycle.start(() => CREATE[name](house))
    if (removals && services.includes('auth')) await lifecycle.start(() => removals.finishing())
    return { accounts, stop: lifecycle.stop }
  } catch (fault) {
    await lifecycle.stop()
    throw fault
  }
}

/** The log tells of every hand-over, and so does who leaves. */
const handingOver = ({ log, onLeaving }: StandaloneOptions, watch: EndpointWatch): EndpointWatch => ({
  ...watch,
  onHandedOver: (group, tookMs) => {
    watch.onHandedOver?.(group, tookMs)
    const longestMs = Math.ceil(Math.max(...tookMs))
    log.info({ group, partitions: tookMs.length, longest_ms: longestMs }, 'handed_over')
    onLeaving(`handed over ${tookMs.length} partitions of ${group}, each within ${longestMs} ms`)
  },
})

const closing = (name: string, close: () => Promise<unknown>): Service => ({
  name,
  ready: () => Promise.resolve(),
  [Symbol.asyncDispose]: async () => {
    await close()
  },
})

const leasing = ({ config }: House) => ({
  partitions: config.cluster.partitions,
  ttlMs: config.cluster.lease_ttl_ms,
  // The lock on the data folder proves it only for what lies in the folder.
  alone: config.postgres.url === undefined,
})

const parts = (house: House, name: ServiceName) => ({
  bus: house.bus,
  endpoint: house.endpoint,
  database: storeOf(house),
  state: stateOf(house),
  clock: systemClock,
  now: Date.now,
  leasing: leasing(house),
  log: house.log.child({ service: name }),
})

/** The services that ask for it are those for which it was opened. */
function storeOf({ database }: House): Database {
  if (database === undefined) throw new Error('no database was opened for this process')
  return database
}

function stateOf({ state }: House): LiveState {
  if (state === undefined) throw new Error('no live state was opened for this process')
  return state
}

/** How each service is made. */
const CREATE: Readonly<Record<ServiceName, (house: House) => Promise<Service> | Service>> = {
  auth: async (house) => {
    const log = house.log.child({ service: 'auth' })
    const auth = createAuth(authSettings(house.config), {
      bus: house.bus,
      store: postgresAccounts(storeOf(house)),
      instance: house.endpoint.self,
      secret: await sharedSecret(storeOf(house), 'auth'),
      onFault: (err, what) => log.error({ err, what }, 'auth_failed'),
    })
    return closing('auth', async () => auth[Symbol.asyncDispose]())
  },
  roster: (house) => createRoster({ domains: house.config.domains }, parts(house, 'roster')),
  presence: (house) => createPresence({ domains: house.config.domains }, parts(house, 'presence')),
  archive: (house) => createArchive(archiveSettings(house.config), parts(house, 'archive')),
  session: (house) =>
    createSession(sessionSettings(house.config, house.software), {
      ...parts(house, 'session'),
      oneProcess: house.config.nats.url === undefined && stateOf(house).kind === 'memory',
      readiness: house.readiness,
    }),
  'connection-manager': async (house) => {
    const { config } = house
    const log = house.log.child({ service: 'connection-manager' })
    const { cert_file: certFile, key_file: keyFile } = config.tls
    const files =
      certFile !== undefined && keyFile !== undefined
        ? { certFile, keyFile }
        : await ensureSelfSigned(path.join(config.data_dir, 'tls'), config.domains)
    const listeners: (() => void)[] = []
    const watch = await watchCertificate(files, () => listeners.forEach((listener) => listener()), { log })
    const manager = createConnectionManager(connectionSettings(config), {
      bus: house.bus,
      endpoint: house.endpoint,
      log,
      certificates: { current: watch.current, onChange: (listener) => void listeners.push(listener) },
      onDraining: ({ left, of }) => house.onLeaving(`draining, ${left} of ${of} streams are open`),
    })
    return {
      name: 'connection-manager',
      ready: async () => {
        await manager.ready()
      },
      [Symbol.asyncDispose]: async () => {
        watch[Symbol.dispose]()
        await manager[Symbol.asyncDispose]()
      },
    }
  },
}
