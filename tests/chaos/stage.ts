import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@jabiru/store'
import { freePorts, type House, PORTS_NEEDED, startCluster, startEmbedded } from '@jabiru/testkit'
import { clusterFaults, type Fault, processFault } from './faults.ts'
import { type Rows, readRows } from './rows.ts'

/** The forms in which the server is put to the test. */
export type Form = 'embedded' | 'grouped'

/** The server, what can happen to it, and what it has kept in the end. */
export interface Stage extends AsyncDisposable {
  readonly house: () => House
  readonly faults: readonly Fault[]
  /** What the database holds; the embedded server must end for it to be read. */
  readonly rows: () => Promise<Rows>
}

/** Starts the server in this form. */
export function startStage(form: Form): Promise<Stage> {
  return form === 'embedded' ? embeddedStage() : groupedStage()
}

async function groupedStage(): Promise<Stage> {
  const cluster = await startCluster({ grouping: 'grouped' })
  const database = await openDatabase({ url: cluster.engines.postgres.url, poolSize: 2 })
  return {
    house: () => cluster,
    faults: clusterFaults(cluster, database),
    rows: () => readRows(database),
    [Symbol.asyncDispose]: async () => {
      await database.close()
      await cluster.kill()
    },
  }
}

/** One process on one folder and the same ports, life after life. */
async function embeddedStage(): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jabiru-chaos-'))
  const ports = await freePorts(PORTS_NEEDED)
  const start = () => startEmbedded({ dataDir, ports })
  let house = await start()
  const one = {
    name: 'the server',
    kill: () => house.kill(),
    restart: async () => {
      house = await start()
    },
  }
  return {
    house: () => house,
    faults: [processFault(one)],
    rows: async () => {
      await house.stop()
      await using database = await openDatabase({ dir: join(dataDir, 'postgres') })
      return await readRows(database)
    },
    [Symbol.asyncDispose]: async () => {
      await house.kill()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
