import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type StoreOptions } from '@jabiru/store'
import { type House, type Place, startCluster, startEmbedded } from '@jabiru/testkit'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import type { Endpoint } from '../load/job.ts'
import { accountsOf, archivedRows, populate } from './population.ts'
import type { Contestant, Serving, Setting } from './server.ts'

/** Limits are lifted: all clients come from one address, and come at once. */
export const LIFTED = {
  JABIRU_LIMITS_CONNECTIONS_PER_ADDRESS: '1000000',
  JABIRU_LIMITS_ATTEMPTS_PER_MINUTE: '10000000',
  JABIRU_LIMITS_LOGINS_PER_SECOND: '1000000',
  JABIRU_LIMITS_CLUSTER_LOGINS_PER_SECOND: '1000000',
  JABIRU_LIMITS_RECIPIENTS_PER_MINUTE: '10000000',
}

const environment = ({ certificate: { certFile, keyFile } }: Setting) => ({
  ...LIFTED,
  JABIRU_TLS_CERT_FILE: certFile,
  JABIRU_TLS_KEY_FILE: keyFile,
})

const flagsOf = ({ profile }: Setting) =>
  profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`, '--cpu-prof-interval=500']

/** Where a place takes the generator's clients. */
export const endpointOf = ({ host, tlsPort, proxiedPort, httpsPort }: Place): Endpoint => ({
  host,
  tlsPort,
  proxiedPort,
  ws: { port: httpsPort, path: '/ws' },
})

async function fill(where: StoreOptions, setting: Setting): Promise<undefined> {
  await using database = await openDatabase({ ...where, poolSize: 1 })
  return await populate(database, accountsOf(setting))
}

async function count(where: StoreOptions): Promise<number> {
  await using database = await openDatabase({ ...where, poolSize: 1 })
  return await archivedRows(database)
}

function serving(house: House, archived: () => Promise<number>, open: AsyncDisposableStack): Serving {
  return {
    endpoints: house.c2s.map(endpointOf),
    archived,
    faults: () => house.faults(),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

async function embedded(setting: Setting): Promise<Serving> {
  await using open = new AsyncDisposableStack()
  const { url } = open.use(await startPostgres({ own: true }))
  await fill({ url }, setting)
  const env = { ...environment(setting), JABIRU_POSTGRES_URL: url }
  const dataDir = await folder(open)
  const house = await startEmbedded({ dataDir, env, flags: flagsOf(setting) })
  open.defer(() => house.stop())
  return serving(house, () => count({ url }), open.move())
}

async function pglite(setting: Setting): Promise<Serving> {
  await using open = new AsyncDisposableStack()
  const dataDir = await folder(open)
  const dir = join(dataDir, 'postgres')
  await mkdir(dir, { mode: 0o700 })
  await fill({ dir }, setting)
  const house = await startEmbedded({ dataDir, env: environment(setting), flags: flagsOf(setting) })
  const stop = async () => void (house.isGone() || (await house.stop()))
  open.defer(stop)
  const archived = async () => {
    await stop()
    return count({ dir })
  }
  return serving(house, archived, open.move())
}

async function cluster(setting: Setting): Promise<Serving> {
  await using open = new AsyncDisposableStack()
  const house = await startCluster({ grouping: 'grouped', env: environment(setting), flags: flagsOf(setting) })
  open.defer(() => house.stop())
  const { url } = house.engines.postgres
  await fill({ url }, setting)
  return serving(house, () => count({ url }), open.move())
}

/** Of this run's own; removed at the end. */
export async function folder(open: AsyncDisposableStack): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'jabiru-bench-'))
  open.defer(() => rm(dir, { recursive: true, force: true }))
  return dir
}

const lacks = { rooms: 'it has no rooms yet' } as const

/** Jabiru in one process on PostgreSQL, in one process on its own database, and as two of each. */
export const JABIRU: readonly Contestant[] = [
  { server: 'jabiru', form: 'embedded', lacks, start: embedded },
  { server: 'jabiru', form: 'pglite', lacks, start: pglite },
  { server: 'jabiru', form: 'cluster', lacks, start: cluster },
]
