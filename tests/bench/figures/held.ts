import { table } from './markdown.ts'
import { type Row, spreadIn } from './rows.ts'
import { type Spread, spreadOf } from './spread.ts'
import { comparedIn, PEERS, shownSpread, timesBetter, titleOf } from './table.ts'

const HEAD = ['', 'server', 'was', 'is', 'of it', '', 'against the better peer was', 'is', '']

/**
 * The figures by which servers are compared, of one run and of another, and how many times better than the better peer they
 * are in the same round. A figure has held where what its runs gave overlaps with what they gave then.
 */
export function heldTable(rows: readonly Row[], before: readonly Row[]): string {
  const lines = pairsOf(rows, before).map(({ row, figure, ratio }) => [
    titleOf(row.workload),
    `${row.server}, ${row.form}`,
    shownSpread(figure.was),
    shownSpread(figure.is),
    `${Math.round((figure.is.median / figure.was.median) * 100)}%`,
    isHeld(figure) ? 'held' : '',
    ratio ? `${shownSpread(ratio.was)}×` : '',
    ratio ? `${shownSpread(ratio.is)}×` : '',
    ratio && isHeld(ratio) ? 'held' : '',
  ])
  return table(HEAD, lines)
}

interface Count {
  readonly held: number
  readonly of: number
}

/** How many have held of those that both runs have: of figures, and of how many times better they are than peers. */
export function heldCounts(
  rows: readonly Row[],
  before: readonly Row[],
): { readonly figures: Count; readonly ratios: Count } {
  const pairs = pairsOf(rows, before)
  const count = (all: readonly Change[]) => ({ held: all.filter(isHeld).length, of: all.length })
  return { figures: count(pairs.map(({ figure }) => figure)), ratios: count(pairs.flatMap(({ ratio }) => ratio ?? [])) }
}

interface Change {
  readonly is: Spread
  readonly was: Spread
}

interface Pair {
  readonly row: Row
  readonly figure: Change
  readonly ratio: Change | undefined
}

function pairsOf(rows: readonly Row[], before: readonly Row[]): readonly Pair[] {
  return rows.flatMap((row) => {
    const earlier = before.find(
      ({ workload, server, form }) => workload === row.workload && server === row.server && form === row.form,
    )
    if (earlier === undefined) return []
    const figure = changeOf(figureOf(earlier), figureOf(row))
    const ratio = changeOf(spreadOf(ratiosOf(earlier, before)), spreadOf(ratiosOf(row, rows)))
    return figure ? [{ row, figure, ratio }] : []
  })
}

const changeOf = (was: Spread | undefined, is: Spread | undefined): Change | undefined => was && is && { was, is }

const figureOf = (row: Row) => spreadIn(row.runs, comparedIn(row).name)

/** Everything is run once before it is run again: what is of the same round was measured in the same hour. */
function ratiosOf(row: Row, rows: readonly Row[]): readonly number[] {
  if (PEERS.includes(row.server)) return []
  const { name, isMoreBetter } = comparedIn(row)
  const peers = rows.filter(({ workload, server }) => workload === row.workload && PEERS.includes(server))
  return row.runs.flatMap((run, round) => {
    const others = peers.flatMap(({ runs }) => runs[round]?.[name] ?? [])
    return timesBetter(run[name], others, isMoreBetter) ?? []
  })
}

const isHeld = ({ is, was }: Change) => is.least <= was.most && was.least <= is.most
