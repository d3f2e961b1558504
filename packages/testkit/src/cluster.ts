import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CertificateFiles, ensureSelfSigned } from '@jabiru/runtime'
import { AccountMaker } from './accounts.ts'
import type { House } from './house.ts'
import { Member } from './member.ts'
import { startNats } from './parts/nats.ts'
import type { Part } from './parts/part.ts'
import { type PartOptions, startPostgres } from './parts/postgres.ts'
import { startRedis } from './parts/redis.ts'
import type { Settings } from './server-process.ts'

/** The services that hold clients' sockets. */
const EDGE = ['connection-manager'] as const
/** The services that share partitions by leases. */
export const LEASING = ['session', 'roster', 'presence', 'archive'] as const
/** All but the holders of sockets. */
const CORE = ['auth', ...LEASING] as const

/** How services share processes: a name for each group of processes, and what one of them runs. */
const GROUPINGS = {
  grouped: { edge: EDGE, core: CORE },
  separate: Object.fromEntries([...EDGE, ...CORE].map((service) => [service, [service]])),
} as const

/** The two forms in which the server runs as several processes. */
export type Grouping = keyof typeof GROUPINGS

/** The group of processes that hold clients' sockets. */
const edgeOf = (grouping: Grouping): string => (grouping === 'grouped' ? 'edge' : 'connection-manager')

/** How a cluster is started. */
export interface ClusterOptions {
  readonly grouping: Grouping
  /** Settings over and above ports, folders and engines, by the names of the environment. */
  readonly env?: Settings
  /** Settings of one process, by its name, over those that all have. */
  readonly envOf?: (member: string, settings: Settings) => Promise<Settings>
  /** Node's own, for every process. */
  readonly flags?: readonly string[]
  /** Node's own, for one process, by its name. */
  readonly flagsOf?: (member: string) => readonly string[]
  /** Engines that are there, and stay when the cluster ends, in place of the cluster's own. */
  readonly engines?: Partial<Engines> | undefined
  /** Processes of a group; two unless given. */
  readonly counts?: Readonly<Record<string, number>>
}

/** What the processes meet on. All are the cluster's own, to be stopped, killed and paused. */
export interface Engines {
  readonly nats: Part
  readonly redis: Part
  readonly postgres: Part
}

/** A running server of several processes. */
export interface Cluster extends House {
  readonly engines: Engines
  /** A process, by its group and its number from 0. */
  readonly member: (group: string, number: number) => Member
  readonly members: () => readonly Member[]
  /** One more process of the group, serving. */
  readonly join: (group: string) => Promise<Member>
}

/** Eight processes share what PostgreSQL has. */
const CONNECTIONS = '5'

/** Starts engines and processes, and settles when every one of them says that it is ready. */
export async function startCluster({
  grouping,
  env = {},
  envOf,
  flags,
  flagsOf,
  counts = {},
  engines: given = {},
}: ClusterOptions): Promise<Cluster> {
  await using open = new AsyncDisposableStack()
  const engines = await startEngines(open, given)
  const { certFile, keyFile } = await certificate(open)
  const settings = {
    ...engineSettings(engines),
    JABIRU_POSTGRES_CONNECTIONS: CONNECTIONS,
    JABIRU_TLS_CERT_FILE: certFile,
    JABIRU_TLS_KEY_FILE: keyFile,
    ...env,
  }
  const groups: Readonly<Record<string, readonly string[]>> = GROUPINGS[grouping]
  const members: Member[] = []
  open.defer(async () => {
    await Promise.all(members.map((member) => member[Symbol.asyncDispose]()))
  })
  const start = async (group: string): Promise<Member> => {
    const number = members.filter(({ name }) => name.startsWith(`${group} `)).length
    const services = groups[group]
    if (services === undefined) throw new Error(`there is no group ${group}`)
    const name = `${group} ${number}`
    const own = { ...settings, ...(await envOf?.(name, settings)) }
    const member = await Member.start({ name, services, settings: own, flags: flagsOf?.(name) ?? flags })
    members.push(member)
    return member
  }
  for (const group of Object.keys(groups)) for (let n = counts[group] ?? 2; n > 0; n -= 1) await start(group)
  // A process of its own: only for who asks for accounts.
  let accounts: AccountMaker | undefined
  open.defer(async () => accounts?.end())
  await Promise.all(members.map((member) => member.ready()))

  const edge = members.filter(({ name }) => name.startsWith(`${edgeOf(grouping)} `))
  const ca = await readFile(certFile, 'utf8')
  const kept = open.move()
  return {
    domain: 'localhost',
    c2s: edge.map(({ place }) => place),
    ca,
    addUser: (name, password) => (accounts ??= new AccountMaker(settings)).add(`${name}@localhost`, password),
    said: () => members.map((member) => `— ${member.name}\n${member.said()}`).join('\n'),
    faults: () => members.flatMap((member) => member.faults()),
    memory: async () => (await Promise.all(members.map((member) => member.memory()))).reduce((a, b) => a + b, 0),
    stop: () => kept.disposeAsync(),
    kill: async () => {
      await Promise.all(members.map((member) => member.kill()))
      await kept.disposeAsync()
    },
    engines,
    member: (group, number) => {
      const member = members.find(({ name }) => name === `${group} ${number}`)
      if (member === undefined) throw new Error(`there is no ${group} ${number}`)
      return member
    },
    members: () => [...members],
    join: async (group) => {
      const member = await start(group)
      await member.ready()
      return member
    },
  }
}

async function startEngines(open: AsyncDisposableStack, given: Partial<Engines>): Promise<Engines> {
  const begin = async (part: Part | undefined, start: (options: PartOptions) => Promise<Part>): Promise<Part> =>
    part ?? open.use(await start({ own: true }))
  const starting = [
    begin(given.nats, startNats),
    begin(given.redis, startRedis),
    begin(given.postgres, startPostgres),
  ] as const
  // One that fails must not leave the others running.
  await Promise.allSettled(starting)
  const [nats, redis, postgres] = await Promise.all(starting)
  return { nats, redis, postgres }
}

/** One for all, as clients of one domain expect. */
async function certificate(open: AsyncDisposableStack): Promise<CertificateFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-certificate-'))
  open.defer(() => rm(folder, { recursive: true, force: true }))
  return ensureSelfSigned(folder, ['localhost'])
}

const engineSettings = ({ nats, redis, postgres }: Engines): Settings => ({
  JABIRU_NATS_URL: nats.url,
  JABIRU_REDIS_URL: redis.url,
  JABIRU_POSTGRES_URL: postgres.url,
})
