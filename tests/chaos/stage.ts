import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@jabiru/store'
import { freePorts, type House, PORTS_NEEDED, startCluster, startEmbedded } from '@jabiru/testkit'
import { refuseRows, slowCommits } from './database-faults.ts'
import { envelopeFaults } from './envelope-faults.ts'
import { clusterFaults, type Fault, mortalFault } from './faults.ts'
import { createLinks } from './links.ts'
import type { Ground, Outage } from './outages/outage.ts'
import { startFor } from './outages/postgres.ts'
import { onlyProcess, type Process, processOf } from './processes.ts'
import { type Rows, readRows } from './rows.ts'
import { type Arming, armingOf } from './splicing/arming.ts'

/** Half an hour of messages is read at once in the end. */
const READING_MS = 300_000

/** The forms in which the server is put to the test. */
export type Form = 'embedded' | 'grouped'

/** The server, what can happen to it, and what it has kept in the end. */
export interface Stage extends AsyncDisposable {
  readonly house: () => House
  readonly processes: readonly Process[]
  /** What happens at any time. */
  readonly faults: readonly Fault[]
  /** What an outage strikes, where the server was started for one. */
  readonly ground?: Omit<Ground, 'random'> | undefined
  readonly arming: Arming
  /** Makes commits slow while the work goes on. */
  readonly slowly?: <T>(work: () => Promise<T>) => Promise<T>
  /** How long planned hand-overs of partitions took, in ms. */
  readonly handOvers?: () => readonly number[]
  /** What the database holds; the embedded server must end for it to be read. */
  readonly rows: () => Promise<Rows>
}

/** How a server is started. */
export interface StageOptions {
  readonly form: Form
  /** What its code is changed by; without them it starts as an operator starts it, links and bus bare. */
  readonly splices: readonly string[] | undefined
  /** The outage that is to come. */
  readonly outage?: Outage | undefined
}

/** Starts the server. Rejects with CannotStrike where the outage cannot be made here. */
export async function startStage({ form, splices, outage }: StageOptions): Promise<Stage> {
  await using open = new AsyncDisposableStack()
  const arming = open.use(await armingOf(splices))
  const stage = form === 'embedded' ? await embeddedStage(open, arming) : await groupedStage(open, arming, outage)
  const kept = open.move()
  return { ...stage, arming, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

type Parts = Omit<Stage, 'arming' | typeof Symbol.asyncDispose>

async function groupedStage(open: AsyncDisposableStack, arming: Arming, outage: Outage | undefined): Promise<Parts> {
  const links = createLinks(open)
  const postgres = open.use(await startFor(outage ?? {}))
  const cluster = await startCluster({
    grouping: 'grouped',
    flags: arming.flags,
    engines: { postgres: postgres.engine },
    ...(arming.isArmed || outage?.needs === 'links' ? { envOf: links.settingsOf } : {}),
  })
  open.defer(() => cluster.kill())
  const database = await openDatabase({ url: cluster.engines.postgres.url, poolSize: 2 })
  open.defer(() => database.close())
  await refuseRows(database)
  return {
    house: () => cluster,
    processes: cluster.members().map(processOf),
    faults: [
      ...clusterFaults(cluster, database),
      ...links.faults(),
      ...(arming.isArmed ? envelopeFaults(arming.folder) : []),
    ],
    ground: { cluster, links, postgres },
    slowly: (work) => slowCommits(database, work),
    handOvers: () => cluster.members().flatMap((member) => member.handOvers()),
    rows: async () => {
      await using reading = await openDatabase({ url: cluster.engines.postgres.url, queryTimeoutMs: READING_MS })
      return await readRows(reading)
    },
  }
}

/** One process on one folder and the same ports, life after life. */
async function embeddedStage(open: AsyncDisposableStack, { flags }: Arming): Promise<Parts> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jabiru-chaos-'))
  open.defer(() => rm(dataDir, { recursive: true, force: true }))
  const ports = await freePorts(PORTS_NEEDED)
  const start = () => startEmbedded({ dataDir, ports, flags })
  const one = onlyProcess(await start(), start)
  open.defer(() => one.kill())
  return {
    house: one.house,
    processes: [one],
    faults: [mortalFault({ ...one, kind: 'process' })],
    rows: async () => {
      await one.house().stop()
      await using database = await openDatabase({ dir: join(dataDir, 'postgres') })
      return await readRows(database)
    },
  }
}
