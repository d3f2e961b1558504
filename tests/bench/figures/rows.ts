import type { Figures } from '../load/job.ts'
import type { Trial } from '../trial.ts'
import { type Spread, spreadOf } from './spread.ts'

/** What one run gave. */
export type Run = Partial<Figures> & {
  readonly faults?: readonly string[]
  /** Why it was not made. */
  readonly lacking?: string
}

/** What all runs of one server in one workload gave: medians, and the runs. */
export type Row = Partial<Record<Exclude<keyof Figures, 'generator'>, number>> & {
  readonly workload: string
  readonly server: string
  readonly form: string
  /** Share of its core that the generator used at most; undefined where it did nothing. */
  readonly generator?: number | undefined
  /** Whether it counts: nothing was lost, and the generator was not the limit. */
  readonly valid: boolean
  readonly runs: readonly Run[]
}

/** Above this share of its core the generator may have been the limit. */
export const MOST_GENERATOR = 0.7

const MEDIANS = [
  'per_second',
  'cpu_s_per_1000',
  'p50_ms',
  'p99_ms',
  'ack_p50_ms',
  'ack_p99_ms',
  'kb_per_session',
] as const

/** A row per workload, server and form, in the order in which they first came. */
export function rowsOf(trials: readonly Trial[]): readonly Row[] {
  const groups = Map.groupBy(trials, ({ workload, server, form }) => `${workload} ${server} ${form}`)
  return [...groups.values()].map(rowOf)
}

/** The trials that rows were made of, for rows of several runs to become one. */
export function trialsOf(rows: readonly Row[]): readonly Trial[] {
  return rows.flatMap(({ workload, server, form, runs }) =>
    runs.map(({ faults = [], generator, lacking, ...rest }): Trial => {
      const figures = generator === undefined ? undefined : { generator, ...rest }
      return { workload, server, form, figures, lacking, faults }
    }),
  )
}

function rowOf(trials: readonly Trial[]): Row {
  const [{ workload, server, form } = { workload: '', server: '', form: '' }] = trials
  const made = trials.filter(({ lacking }) => lacking === undefined)
  // What a server did not have once is no news when it has it.
  const runs = (made.length > 0 ? made : trials).map(runOf)
  const shares = runs.map((run) => run.generator).filter((share) => share !== undefined)
  const generator = shares.length === 0 ? undefined : Math.max(...shares)
  const medians = MEDIANS.flatMap((name) => {
    const spread = spreadIn(runs, name)
    return spread === undefined ? [] : [[name, spread.median] as const]
  })
  const valid =
    generator !== undefined && generator <= MOST_GENERATOR && runs.every(({ faults }) => faults === undefined)
  return { workload, server, form, ...Object.fromEntries(medians), generator, valid, runs }
}

const runOf = ({ figures, faults, lacking }: Trial): Run => ({
  ...figures,
  ...(lacking === undefined ? {} : { lacking }),
  ...(faults.length === 0 ? {} : { faults }),
})

/** How many runs each row has at least, of those that were measured. */
export function leastRuns(rows: readonly Row[]): number {
  const measured = rows.filter(({ generator }) => generator !== undefined)
  return measured.length === 0 ? 0 : Math.min(...measured.map(({ runs }) => runs.length))
}

/** Of one figure over the runs that have it. */
export function spreadIn(runs: readonly Run[], name: (typeof MEDIANS)[number]): Spread | undefined {
  return spreadOf(runs.map((run) => run[name]).filter((value) => value !== undefined))
}
