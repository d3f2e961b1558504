import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@jabiru/store'
import type { Cluster } from '@jabiru/testkit'
import type { Random } from '../stories/random.ts'

/** Something that goes wrong, for a while. */
export interface Fault {
  readonly name: string
  /** What it happens to: one thing at a time happens to it. */
  readonly target: string
  /** Settles when all is well again; `holdMs` is how long it is not. */
  readonly strike: (holdMs: number) => Promise<void>
  /** The least and the most time it holds. */
  readonly holds: readonly [number, number]
}

/** Something that can be ended and started again. */
interface Mortal {
  readonly name: string
  readonly kill: () => Promise<unknown>
  readonly restart: () => Promise<unknown>
}

const SHORT = [0, 2500] as const
/** A lease lasts for five seconds. */
const BEYOND_THE_LEASE = [6500, 9000] as const

/** SIGKILL, and a new start. */
export function processFault({ name, kill, restart }: Mortal): Fault {
  return {
    name: `kill ${name}`,
    target: name,
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
        processFault({ name: member.name, kill: () => member.kill(), restart: () => member.restart() }),
        pauseFault(member),
      ]),
    processFault({ name: 'NATS', kill: nats.kill, restart: nats.restart }),
    processFault({ name: 'Redis', kill: redis.kill, restart: redis.restart }),
    {
      ...processFault({ name: 'PostgreSQL', kill: postgres.stop, restart: postgres.restart }),
      name: 'stop PostgreSQL',
    },
    { name: 'terminate backends', target: 'PostgreSQL', holds: [0, 0], strike: () => terminateBackends(database) },
  ]
}

/** SIGSTOP, so long that others take over, and SIGCONT. */
function pauseFault(member: { readonly name: string; pause: () => void; resume: () => void }): Fault {
  return {
    name: `pause ${member.name}`,
    target: member.name,
    holds: BEYOND_THE_LEASE,
    strike: async (holdMs) => {
      member.pause()
      await sleep(holdMs)
      member.resume()
    },
  }
}

async function terminateBackends(database: Database): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  )
}

/** Faults one after another by chance, for about so long; some come while another holds. */
export async function strikeFor(
  ms: number,
  faults: readonly Fault[],
  random: Random,
  tell: (line: string) => void,
): Promise<void> {
  const began = performance.now()
  const holding = new Map<string, Promise<void>>()
  const passed = () => performance.now() - began
  if (faults.length === 0) await sleep(ms)
  while (passed() < ms) {
    const fault = faults[random.int(0, faults.length - 1)]
    const holdMs = fault === undefined ? 0 : random.int(...fault.holds)
    const overlaps = random.chance(0.25)
    if (fault === undefined || holding.has(fault.target)) continue
    tell(`${(passed() / 1000).toFixed(1)} s ${fault.name}${holdMs > 0 ? ` for ${holdMs} ms` : ''}`)
    const struck = fault.strike(holdMs).finally(() => holding.delete(fault.target))
    holding.set(fault.target, struck)
    if (!overlaps) await Promise.all(holding.values())
    await sleep(random.int(1000, 4000))
  }
  await Promise.all(holding.values())
}
