import { type ClusterOptions, createCluster } from './cluster.ts'
import type { Ground } from './ground.ts'
import type { Broken } from './judge.ts'
import { type Schedule, TTL_MS } from './schedule.ts'

/** What a schedule came to. */
export interface Outcome {
  readonly broken: Broken | undefined
  readonly writes: number
}

/** Who went unseen is noticed, and then movement takes 16 rounds at most. */
const REST_MS = 4 * TTL_MS + 16 * (TTL_MS / 5) * 1.2
const STILL_MS = 2 * TTL_MS

/** Runs a schedule with hand-driven clocks, and watches over it. */
export async function simulate(
  { events, seed, partitions }: Schedule,
  options: Omit<ClusterOptions, 'seed' | 'partitions'> = {},
): Promise<Outcome> {
  const { world, ground, judge, befall, writes } = createCluster({ ...options, seed, partitions })
  const over = () => judge.broken() !== undefined
  for (const event of events) world.at(event.atMs, () => befall(event))
  const ends = events.map((event) => event.atMs + ('forMs' in event ? event.forMs : 0))
  await world.runUntil(Math.max(0, ...ends) + REST_MS, over)
  if (!over()) judge.judgeEnd()
  const before = await tokens(ground)
  await world.runUntil(world.now() + STILL_MS, over)
  const after = await tokens(ground)
  if (!over()) judge.judgeStill([...after].filter(([part, token]) => before.get(part) !== token).length)
  if (!over()) await judge.audit(ground)
  return { broken: judge.broken(), writes: writes() }
}

const tokens = async ({ table }: Ground) =>
  new Map((await table.read()).leases.map((lease) => [lease.part, lease.token]))
