import type { Member } from '@jabiru/testkit'
import type { Ground, Outage, Struck } from './outage.ts'
import { tellRedis } from './redis.ts'

const MINUTE = 60_000
/** The lease and the silence of a connection manager are 5 s. */
const BEYOND_THE_LEASE_MS = 9_000
/** Who is connected to NATS believes in a silent server for 10 to 15 s. */
const BEYOND_PINGS_MS = 25_000
/** What sees to a failover takes about so long to find that the primary is lost. */
const FAILOVER_MS = 5_000

/** What /readyz calls the engines. */
const REASONS = { NATS: 'nats', Redis: 'redis', PostgreSQL: 'postgres' } as const

const byCores = (as: string) => ({ by: 'core', as })

/** Every outage that the ledger makes. */
export const OUTAGES: readonly Outage[] = [
  {
    name: 'nats',
    lastsMs: 20_000,
    stopsAll: true,
    begin: async ({ cluster }) => ({ ...(await away(cluster.engines.nats)), told: { by: '', as: 'nats' } }),
  },
  {
    name: 'redis-flushed',
    lastsMs: 5_000,
    begin: async ({ cluster }) => {
      await tellRedis(cluster.engines.redis.url, 'FLUSHALL')
      return { end: () => Promise.resolve() }
    },
  },
  { name: 'redis-restarted', lastsMs: 0, begin: ({ cluster }) => away(cluster.engines.redis) },
  {
    name: 'redis-gone',
    lastsMs: MINUTE,
    begin: async ({ cluster }) => ({ ...(await away(cluster.engines.redis)), told: byCores('redis') }),
  },
  { name: 'postgres-restarted', lastsMs: 0, stopsAll: true, begin: ({ postgres }) => away(postgres.engine) },
  {
    name: 'postgres-gone',
    lastsMs: MINUTE,
    stopsAll: true,
    begin: async ({ postgres }) => ({ ...(await away(postgres.engine)), told: byCores('postgres') }),
  },
  {
    name: 'postgres-promoted',
    lastsMs: FAILOVER_MS,
    stopsAll: true,
    needs: 'a standby',
    begin: async ({ postgres }) => ({ end: await postgres.losePrimary(), told: byCores('postgres') }),
  },
  {
    name: 'postgres-full',
    lastsMs: 20_000,
    stopsAll: true,
    needs: 'a small disk',
    begin: async ({ postgres }) => ({ end: await postgres.fillDisk(), told: byCores('commits') }),
  },
  ...['core', 'edge'].map((group) => ({
    name: `${group}-stopped`,
    lastsMs: BEYOND_THE_LEASE_MS,
    begin: async (ground: Ground) => stopped(oneOf(ground, group)),
  })),
  ...(['NATS', 'Redis', 'PostgreSQL'] as const).map((engine) => ({
    name: `${REASONS[engine]}-cut`,
    lastsMs: BEYOND_PINGS_MS,
    needs: 'links' as const,
    begin: async (ground: Ground) => cut(ground, engine),
  })),
]

interface Mortal {
  readonly stop: () => Promise<unknown>
  readonly restart: () => Promise<unknown>
}

/** Stops it as an operator does. */
async function away({ stop, restart }: Mortal): Promise<Struck> {
  await stop()
  return { end: () => restart() }
}

/** One process of the group, as the seed has it. */
const oneOf = ({ cluster, random }: Ground, group: string): Member => cluster.member(group, random.int(0, 1))

function stopped(member: Member): Struck {
  member.pause()
  return { what: member.name, end: async () => member.resume(), told: { by: member.name, as: 'process' } }
}

/** The link of one process to an engine; a connection manager has one to NATS alone. */
function cut(ground: Ground, engine: keyof typeof REASONS): Struck {
  const { links, random } = ground
  const { name } = oneOf(ground, engine === 'NATS' && random.chance(0.5) ? 'edge' : 'core')
  const way = random.chance(0.5) ? 'there' : 'back'
  const mend = links.cut(name, engine, way)
  return { what: `${name} – ${engine} ${way}`, end: async () => mend(), told: { by: name, as: REASONS[engine] } }
}
