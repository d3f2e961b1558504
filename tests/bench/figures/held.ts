import { table } from './markdown.ts'
import { type Row, spreadIn } from './rows.ts'
import { comparedIn, ratioToPeers, spread, titleOf } from './table.ts'

const HEAD = ['', 'server', 'was', 'is', 'of it', 'against the better peer was', 'is', '']

/**
 * The figures by which servers are compared, of one run and of another. A figure has held where what its runs gave overlaps
 * with what they gave then.
 */
export function heldTable(rows: readonly Row[], before: readonly Row[]): string {
  return table(HEAD, pairsOf(rows, before).map(lineOf(rows, before)))
}

/** How many of those that both runs have have held. */
export function heldCount(
  rows: readonly Row[],
  before: readonly Row[],
): { readonly held: number; readonly of: number } {
  const pairs = pairsOf(rows, before)
  return { held: pairs.filter(({ now, earlier }) => isHeld(now, earlier)).length, of: pairs.length }
}

interface Pair {
  readonly now: Row
  readonly earlier: Row
}

function pairsOf(rows: readonly Row[], before: readonly Row[]): readonly Pair[] {
  return rows.flatMap((now) => {
    const earlier = before.find(
      (row) => row.workload === now.workload && row.server === now.server && row.form === now.form,
    )
    return earlier !== undefined && figureOf(now) !== undefined && figureOf(earlier) !== undefined
      ? [{ now, earlier }]
      : []
  })
}

const figureOf = (row: Row) => spreadIn(row.runs, comparedIn(row).name)

function isHeld(now: Row, earlier: Row): boolean {
  const [is, was] = [figureOf(now), figureOf(earlier)]
  return is !== undefined && was !== undefined && is.least <= was.most && was.least <= is.most
}

const lineOf =
  (rows: readonly Row[], before: readonly Row[]) =>
  ({ now, earlier }: Pair) => {
    const { name } = comparedIn(now)
    const part = (figureOf(now)?.median ?? 0) / (figureOf(earlier)?.median ?? 0)
    return [
      titleOf(now.workload),
      `${now.server}, ${now.form}`,
      spread(earlier, name),
      spread(now, name),
      `${Math.round(part * 100)}%`,
      ratioToPeers(earlier, before),
      ratioToPeers(now, rows),
      isHeld(now, earlier) ? 'held' : '',
    ]
  }
