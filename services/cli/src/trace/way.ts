import type { HopLine } from './hop-line.ts'

/** The hops of one trace: each after the one that led to it, those of one hop by time. */
export interface Way {
  readonly trace: string
  readonly hops: readonly { readonly hop: HopLine; readonly depth: number }[]
}

/** The ways of the stanzas that `id` names: by trace, by admission, or by the id that their sender gave them. In order of time. */
export function waysOf(hops: Iterable<HopLine>, id: string): readonly Way[] {
  const byTrace = Map.groupBy(hops, ({ trace }) => trace)
  return [...byTrace]
    .filter(([trace, own]) => trace === id || own.some(({ stanza, admission }) => stanza === id || admission === id))
    .map(([trace, own]) => ({ trace, hops: walk(own) }))
    .toSorted((a, b) => beginOf(a) - beginOf(b))
}

const beginOf = ({ hops }: Way): number => hops[0]?.hop.at ?? 0

function walk(all: readonly HopLine[]): Way['hops'] {
  // A log that was given twice tells of each hop twice.
  const hops = [...new Map(all.map((hop) => [hop.span, hop])).values()].toSorted((a, b) => a.at - b.at)
  const known = new Set(hops.map(({ span }) => span))
  const below = (parent: HopLine | undefined, depth: number): Way['hops'] =>
    hops
      .filter((hop) => (parent === undefined ? !known.has(hop.parent ?? '') : hop.parent === parent.span))
      .flatMap((hop) => [{ hop, depth }, ...below(hop, depth + 1)])
  return below(undefined, 0)
}

/** A way as lines for people. */
export function render({ trace, hops }: Way): readonly string[] {
  const [first] = hops
  if (first === undefined) return []
  const admission = hops.find(({ hop }) => hop.admission !== undefined)?.hop.admission
  const { kind = 'stanza', stanza, at } = first.hop
  const names = [
    stanza === undefined ? '' : ` ${JSON.stringify(stanza)}`,
    admission ? `, admitted as ${admission}` : '',
  ]
  const rows = hops.map(({ hop, depth }) => [
    `+${(hop.at - at).toFixed(1)} ms`,
    `${'  '.repeat(depth)}${hop.hop}`,
    hop.service,
    hop.instance,
    `${hop.ms.toFixed(1)} ms`,
  ])
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    column === 0 || column === 4 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)
  return [
    `${kind}${names.join('')}, trace ${trace}, ${new Date(at).toISOString()}`,
    ...rows.map((row) => `  ${row.map(pad).join('  ')}`),
  ]
}
