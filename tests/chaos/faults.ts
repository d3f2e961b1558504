import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@jabiru/store'
import type { Cluster, Member } from '@jabiru/testkit'
import type { Random } from '@jabiru/testkit/random'
import { databaseFaults } from './database-faults.ts'
import { tellRedis } from './outages/redis.ts'
import { processOf } from './processes.ts'

/** Something that goes wrong, for a while. */
export interface Fault {
  readonly name: string
  /** Each kind comes as often as any other. */
  readonly kind: 'process' | 'roll' | 'engine' | 'database' | 'link' | 'envelope' | 'failpoint' | 'pair'
  /** What it happens to: one thing at a time happens to each. */
  readonly targets: readonly string[]
  /** Settles when all is well again, with what came of it where that is not certain; `holdMs` is how long it is not. */
  readonly strike: (holdMs: number) => Promise<string | void>
  /** The least and the most time it holds. */
  readonly holds: readonly [number, number]
}

/** Something that can be ended and started again. */
interface Mortal extends Pick<Fault, 'name' | 'kind'> {
  readonly kill: () => Promise<unknown>
  readonly restart: () => Promise<unknown>
}

const SHORT = [0, 2500] as const
/** A lease lasts for five seconds. */
const BEYOND_THE_LEASE = [6500, 9000] as const

/** SIGKILL, and a new start. */
export function mortalFault({ name, kind, kill, restart }: Mortal): Fault {
  return {
    name: `kill ${name}`,
    kind,
    targets: [name],
    holds: SHORT,
    strike: async (holdMs) => {
      await kill()
      await sleep(holdMs)
      await restart()
    },
  }
}

/** All that can happen to a cluster. */
export function clusterFaults(cluster: Cluster, database: Database): readonly Fault[] {
  const { nats, redis, postgres } = cluster.engines
  return [
    ...cluster
      .members()
      .flatMap((member) => [
        mortalFault({ ...processOf(member), kind: 'process' }),
        pauseFault(member),
        rollFault(member),
      ]),
    mortalFault({ name: 'NATS', kind: 'engine', kill: nats.kill, restart: nats.restart }),
    mortalFault({ name: 'Redis', kind: 'engine', kill: redis.kill, restart: redis.restart }),
    {
      ...mortalFault({ name: 'PostgreSQL', kind: 'engine', kill: postgres.stop, restart: postgres.restart }),
      name: 'stop PostgreSQL',
    },
    {
      name: 'flush Redis',
      kind: 'engine',
      targets: ['Redis'],
      holds: [0, 0],
      strike: () => tellRedis(redis.url, 'FLUSHALL'),
    },
    ...databaseFaults(database),
  ]
}

/** SIGTERM, and a new start, as when a new version comes: one process at a time. */
function rollFault(member: Member): Fault {
  const { name, restart } = processOf(member)
  return {
    name: `roll ${name}`,
    kind: 'roll',
    targets: [name, 'roll'],
    holds: [0, 0],
    strike: async () => {
      await member.stop()
      await restart()
    },
  }
}

/** SIGSTOP, so long that others take over, and SIGCONT. */
function pauseFault(member: { readonly name: string; pause: () => void; resume: () => void }): Fault {
  return {
    name: `pause ${member.name}`,
    kind: 'process',
    targets: [member.name],
    holds: BEYOND_THE_LEASE,
    strike: async (holdMs) => {
      member.pause()
      await sleep(holdMs)
      member.resume()
    },
  }
}

/** Faults one after another by chance, for about so long; some come while another holds. */
export async function strikeFor(
  ms: number,
  faults: readonly Fault[],
  random: Random,
  tell: (line: string) => void,
): Promise<void> {
  const began = performance.now()
  const holding = new Map<Fault, Promise<unknown>>()
  const isStruck = (target: string) => [...holding.keys()].some(({ targets }) => targets.includes(target))
  const passed = () => performance.now() - began
  const seconds = () => (passed() / 1000).toFixed(1)
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind).values()]
  if (faults.length === 0) await sleep(ms)
  while (passed() < ms) {
    const fault = pick(pick(kinds, random), random)
    const holdMs = fault === undefined ? 0 : random.int(...fault.holds)
    const overlaps = random.chance(0.25)
    if (fault === undefined || fault.targets.some(isStruck)) continue
    tell(`${seconds()} s ${fault.name}${holdMs > 0 ? ` for ${holdMs} ms` : ''}`)
    const struck = fault.strike(holdMs).finally(() => holding.delete(fault))
    holding.set(
      fault,
      struck.then((what) => what !== undefined && tell(`${seconds()} s ${fault.name}: ${what}`)),
    )
    if (!overlaps) await Promise.all(holding.values())
    await sleep(random.int(1000, 4000))
  }
  await Promise.all(holding.values())
}

function pick<T>(from: readonly T[] | undefined, random: Random): T | undefined {
  return from?.[random.int(0, from.length - 1)]
}
