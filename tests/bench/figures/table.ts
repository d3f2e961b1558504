import type { Trial } from '../trial.ts'
import { WORKLOADS } from '../workloads.ts'
import { table } from './markdown.ts'
import { MOST_GENERATOR, type Row, spreadIn } from './rows.ts'
import type { Spread } from './spread.ts'

/** The servers that are not ours. */
export const PEERS = ['ejabberd', 'prosody']

/** A number with as many digits as mean something, and commas. */
export function shown(value: number | undefined): string {
  if (value === undefined) return ''
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return Number(value.toPrecision(3)).toString()
}

const percent = (share: number | undefined) => (share === undefined ? '' : `${Math.round(share * 100)}%`)

const notMeasured = (lacking: string) => `not measured: ${lacking}`

/** What one run gave, as it comes. */
export function trialLine({ workload, server, form, figures, lacking, faults }: Trial): string {
  const named = Object.entries(figures ?? {}).map(([name, value]) => `${name} ${shown(value)}`)
  const absent = lacking === undefined ? [] : [notMeasured(lacking)]
  return [`${workload} ${server} ${form}:`, ...named, ...absent, ...faults.map((fault) => `FAULT: ${fault}`)].join('  ')
}

/** A figure with the least and the most of its runs. */
export function spread(
  row: Row,
  name: 'per_second' | 'cpu_s_per_1000' | 'p50_ms' | 'p99_ms' | 'kb_per_session',
): string {
  const found = spreadIn(row.runs, name)
  return found === undefined ? '' : shownSpread(found)
}

/** The median, and between what. */
export const shownSpread = ({ median, least, most }: Spread): string =>
  least === most ? shown(median) : `${shown(median)} (${shown(least)}–${shown(most)})`

/** The figure by which servers are compared. */
export function comparedIn(row: Row) {
  if (row.kb_per_session !== undefined) return { name: 'kb_per_session', isMoreBetter: false } as const
  if (row.workload === 'W3') return { name: 'p99_ms', isMoreBetter: false } as const
  return { name: 'per_second', isMoreBetter: true } as const
}

const compared = (row: Row) => row[comparedIn(row).name]

/** How many times better a figure of ours is than the best of others; undefined where there is nothing to compare. */
export function timesBetter(own: number | undefined, others: readonly number[], isMoreBetter: boolean) {
  if (own === undefined || others.length === 0) return undefined
  return isMoreBetter ? own / Math.max(...others) : Math.min(...others) / own
}

/** How many times better the row is than the best peer in the same workload; empty where there is nothing to compare. */
export function ratioToPeers(row: Row, rows: readonly Row[]): string {
  const own = compared(row)
  const peers = rows
    .filter(({ workload, server }) => workload === row.workload && PEERS.includes(server))
    .map(compared)
    .filter((value) => value !== undefined)
  const ratio = PEERS.includes(row.server) ? undefined : timesBetter(own, peers, comparedIn(row).isMoreBetter)
  return ratio !== undefined && ratio > 0 ? `${shown(ratio)}×` : ''
}

function remark({ valid, generator, runs }: Row): string {
  if (valid) return ''
  const [lacking] = runs.map((run) => run.lacking).filter((why) => why !== undefined)
  if (lacking !== undefined) return notMeasured(lacking)
  const faults = runs.flatMap((run) => run.faults ?? [])
  const lost = faults.length > 0 ? [`FAILED: ${faults[0]}`] : []
  return [...lost, ...((generator ?? 0) > MOST_GENERATOR ? ['invalid: the generator was the limit'] : [])].join('; ')
}

const HEAD = [
  '',
  'server',
  'per second',
  'against the better peer',
  'CPU-s per 1,000',
  'p50 ms',
  'p99 ms',
  'KB per session',
  'generator',
  '',
]

/** All rows as one table. */
export function tableOf(rows: readonly Row[]): string {
  const place = ({ workload }: Row) => WORKLOADS.findIndex(({ name }) => name === workload)
  const ordered = rows.toSorted((a, b) => place(a) - place(b))
  const lines = ordered.map((row) => [
    titleOf(row.workload),
    `${row.server}, ${row.form}`,
    spread(row, 'per_second'),
    ratioToPeers(row, rows),
    spread(row, 'cpu_s_per_1000'),
    spread(row, 'p50_ms'),
    spread(row, 'p99_ms'),
    spread(row, 'kb_per_session'),
    percent(row.generator),
    remark(row),
  ])
  return table(HEAD, lines)
}

export function titleOf(name: string): string {
  const title = WORKLOADS.find((workload) => workload.name === name)?.title
  return title === undefined ? name : `${name} ${title}`
}
