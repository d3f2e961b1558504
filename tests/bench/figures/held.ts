import { table } from './markdown.ts'
import { type Row, spreadIn } from './rows.ts'
import type { Spread } from './spread.ts'
import { comparedIn, ratioToPeers, spread, titleOf } from './table.ts'

const HEAD = ['', 'server', 'was', 'is', 'of it', 'against the better peer was', 'is', '']

/**
 * The figures by which servers are compared, of one run and of another. A figure has held where what its runs gave overlaps
 * with what they gave then.
 */
export function heldTable(rows: readonly Row[], before: readonly Row[]): string {
  const lines = pairsOf(rows, before).map((pair) => {
    const { now, earlier, is, was } = pair
    const { name } = comparedIn(now)
    return [
      titleOf(now.workload),
      `${now.server}, ${now.form}`,
      spread(earlier, name),
      spread(now, name),
      `${Math.round((is.median / was.median) * 100)}%`,
      ratioToPeers(earlier, before),
      ratioToPeers(now, rows),
      isHeld(pair) ? 'held' : '',
    ]
  })
  return table(HEAD, lines)
}

/** How many of those that both runs have have held. */
export function heldCount(
  rows: readonly Row[],
  before: readonly Row[],
): { readonly held: number; readonly of: number } {
  const pairs = pairsOf(rows, before)
  return { held: pairs.filter(isHeld).length, of: pairs.length }
}

interface Pair {
  readonly now: Row
  readonly earlier: Row
  readonly is: Spread
  readonly was: Spread
}

function pairsOf(rows: readonly Row[], before: readonly Row[]): readonly Pair[] {
  return rows.flatMap((now) => {
    const earlier = before.find(
      (row) => row.workload === now.workload && row.server === now.server && row.form === now.form,
    )
    const [is, was] = [figureOf(now), earlier && figureOf(earlier)]
    return earlier && is && was ? [{ now, earlier, is, was }] : []
  })
}

const figureOf = (row: Row) => spreadIn(row.runs, comparedIn(row).name)

const isHeld = ({ is, was }: Pair) => is.least <= was.most && was.least <= is.most
