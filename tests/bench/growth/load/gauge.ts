import { type Database, openDatabase } from '@jabiru/store'
import { secondsOf } from '../../figures/processes.ts'
import type { Job } from '../../load/job.ts'
import { commandLine, memoryOf, serverProcesses } from '../../load/meter.ts'
import { type ByKind, type Counts, kindOf, type Phase, since, sinceByKind } from '../phase.ts'
import { natsCounts, postgresCounts, redisCounts } from './engines.ts'

/** Measures what the server uses, one phase after another. */
export interface Gauge extends AsyncDisposable {
  /** From now until `work` settles; `counted` says how much has been done by now. */
  readonly phase: (name: string, counted: () => number, work: () => Promise<unknown>) => Promise<Phase>
}

/** Reads processes and engines of the server that a job is for. */
export async function openGauge({ root, growth }: Job): Promise<Gauge> {
  const engines = growth?.engines ?? {}
  const open = new AsyncDisposableStack()
  let database: Database | undefined
  if (engines.postgres !== undefined) database = open.use(await openDatabase({ url: engines.postgres, poolSize: 1 }))
  const counts = async (): Promise<Counts> => ({
    ...(engines.nats === undefined ? {} : await natsCounts(engines.nats)),
    ...(engines.redis === undefined ? {} : await redisCounts(engines.redis)),
    ...(database === undefined ? {} : await postgresCounts(database)),
  })
  return {
    phase: async (name, counted, work) => {
      const first = await counts()
      const [before, done] = [used(root), counted()]
      await work()
      const [after, all] = [used(root), counted()]
      const last = await counts()
      const seconds = (after.at - before.at) / 1000
      return {
        name,
        count: all - done,
        seconds,
        cpu: sinceByKind(before.cpu, after.cpu),
        generator: (after.own - before.own) / seconds,
        counts: since(first, last),
        memory_kb: sinceByKind(before.memory, after.memory),
      }
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

interface Reading {
  readonly at: number
  readonly cpu: ByKind
  readonly memory: ByKind
  /** CPU-seconds of this process. */
  readonly own: number
}

function used(root: number): Reading {
  const { user, system } = process.cpuUsage()
  const at = performance.now()
  const kinds = Map.groupBy(serverProcesses(root), ({ pid }) => kindOf(commandLine(pid)))
  const sums = (of: (all: ReturnType<typeof serverProcesses>) => number): ByKind =>
    Object.fromEntries([...kinds].map(([kind, all]) => [kind, of(all)]))
  return {
    at,
    cpu: sums(secondsOf),
    memory: sums((all) => all.reduce((sum, { pid }) => sum + memoryOf(pid), 0)),
    own: (user + system) / 1e6,
  }
}
