import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@jabiru/store'
import { Actor, type Cluster, type ClusterOptions, Deadline, LEASING, startCluster } from '@jabiru/testkit'

/** Everything a test of this folder may wait for, together, the start of its processes aside, unless it says otherwise. */
const TEST_MS = 60_000

/** What a test of a cluster is given. */
export interface ClusterStage {
  readonly cluster: Cluster
  readonly deadline: Deadline
  /** Somebody with a fresh account. */
  readonly actor: (name: string) => Actor
  /** How many partitions each process holds of each group, the largest first. */
  readonly shares: () => Promise<readonly number[]>
  /** Settles when every process holds as many of each group. */
  readonly isBalanced: () => Promise<void>
}

const POLL_MS = 50

type Options = Omit<ClusterOptions, 'grouping'> & { readonly testMs?: number }
type Play = (stage: ClusterStage) => Promise<void>

/** Starts a cluster of connection managers and cores, and stops it when the test is over. */
export async function onCluster(options: Options, play: Play): Promise<void> {
  const cluster = await startCluster({ grouping: 'grouped', ...options })
  try {
    await perform(cluster, options, play)
  } finally {
    await cluster.stop()
  }
}

/** One cluster for tests that leave it as they found it. One in which a test failed is stopped: the next gets another. */
export function onOneCluster(options: Options): (play: Play) => Promise<void> {
  let cluster: Cluster | undefined
  const stop = async () => {
    const running = cluster
    cluster = undefined
    await running?.stop()
  }
  after(stop)
  return async (play) => {
    cluster ??= await startCluster({ grouping: 'grouped', ...options })
    try {
      await perform(cluster, options, play)
    } catch (fault) {
      await stop()
      throw fault
    }
  }
}

async function perform(cluster: Cluster, options: Options, play: Play): Promise<void> {
  // One that holds everything of each group would be balanced, too.
  const owners = (options.counts?.['core'] ?? 2) * LEASING.length
  const actors: Actor[] = []
  const database = await openDatabase({ url: cluster.engines.postgres.url, poolSize: 1 })
  try {
    using deadline = new Deadline(options.testMs ?? TEST_MS)
    deadline.witness(() => cluster.said())
    const shares = async () => {
      const rows = await database.query<{ count: number }>(
        'select count(*)::int as count from lease where owner is not null group by service, owner order by count desc',
      )
      return rows.map(({ count }) => count)
    }
    await play({
      cluster,
      deadline,
      actor: (name) => {
        const actor = new Actor(name, cluster, deadline)
        actors.push(actor)
        return actor
      },
      shares,
      isBalanced: async () => {
        const isEqual = (held: readonly number[]) => held[0] === held.at(-1) && held.length === owners
        for (let held = await shares(); !isEqual(held); held = await shares())
          await deadline.wait(`equal shares instead of ${held.join(', ')}`, sleep(POLL_MS))
      },
    })
  } finally {
    for (const { devices } of actors) for (const one of devices) if (one.hasConnected) one.connection.destroy()
    await database.close()
  }
}
