import type { CertificateFiles } from '@jabiru/runtime'
import { openDatabase } from '@jabiru/store'
import { freePorts, startCluster, startEmbedded } from '@jabiru/testkit'
import { startNats } from '@jabiru/testkit/parts/nats'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import type { Endpoint } from '../load/job.ts'
import { endpointOf, folder, LIFTED } from '../servers/jabiru.ts'
import { archivedRows, populate } from '../servers/population.ts'
import type { Case } from './cases.ts'
import type { EngineAddresses } from './phase.ts'

/** A server of a case, with everything in it. Disposing of it ends all its processes. */
export interface Served extends AsyncDisposable {
  readonly endpoints: readonly Endpoint[]
  readonly engines: EngineAddresses
  /** Rows of its archive. */
  readonly archived: () => Promise<number>
  readonly faults: () => readonly string[]
}

const environment = ({ certFile, keyFile }: CertificateFiles) => ({
  ...LIFTED,
  JABIRU_SESSION_PER_ACCOUNT: '1000',
  JABIRU_TLS_CERT_FILE: certFile,
  JABIRU_TLS_KEY_FILE: keyFile,
})

/** Starts the server of a case, with its accounts and what they have. */
export async function serve(one: Case, certificate: CertificateFiles): Promise<Served> {
  await using open = new AsyncDisposableStack()
  const env = environment(certificate)
  const started = one.cluster === undefined ? await embedded(one, env, open) : await cluster(one, env, open)
  const { house, engines } = started
  const kept = open.move()
  return {
    endpoints: house.c2s.map(endpointOf),
    engines,
    archived: async () => {
      await using database = await openDatabase({ url: engines.postgres, poolSize: 1 })
      return await archivedRows(database)
    },
    faults: () => house.faults(),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

type Environment = Readonly<Record<string, string>>

async function embedded(one: Case, env: Environment, open: AsyncDisposableStack) {
  const { url } = open.use(await startPostgres({ own: true }))
  await give(url, one)
  const dataDir = await folder(open)
  const house = await startEmbedded({ dataDir, env: { ...env, JABIRU_POSTGRES_URL: url } })
  open.defer(() => house.stop())
  return { house, engines: { postgres: url } }
}

async function cluster(one: Case, env: Environment, open: AsyncDisposableStack) {
  const { managers = 2, services = 2 } = one.cluster ?? {}
  const nats = open.use(await startNats({ own: true }))
  const [monitor = 0] = await freePorts(1)
  await nats.stop()
  await nats.restart(['--http_port', String(monitor)])
  const counts = { edge: managers, core: services }
  const house = await startCluster({ grouping: 'grouped', env, counts, engines: { nats } })
  open.defer(() => house.stop())
  const { redis, postgres } = house.engines
  await give(postgres.url, one)
  return { house, engines: { nats: `http://127.0.0.1:${monitor}`, redis: redis.url, postgres: postgres.url } }
}

async function give(url: string, { accounts, fill }: Case): Promise<undefined> {
  await using database = await openDatabase({ url, poolSize: 1 })
  await populate(database, accounts())
  await fill?.(database)
  return undefined
}
