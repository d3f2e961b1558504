import { type Cells, table } from '../figures/markdown.ts'
import { shown } from '../figures/table.ts'
import type { Evenness, MapFigures } from './map.ts'

const even = ({ least, median, most, most_of_mean }: Evenness): Cells =>
  [least, median, most].map(shown).concat(most_of_mean.toFixed(3))

const percent = (part: number) => `${(part * 100).toFixed(1)}%`

/** How accounts lie. */
export function mapTable({ accounts, per_partition, members, lookup_ns }: MapFigures): string {
  const [least, median, most, ratio] = even(per_partition)
  const lines = members.map(({ members: n, partitions, accounts: each, moved_by_join, moved_by_leave, rounds }) => [
    String(n),
    `${partitions.least}–${partitions.most}`,
    ...even(each),
    percent(moved_by_join),
    percent(moved_by_leave),
    percent(1 / (n + 1)),
    String(rounds),
  ])
  return `${shown(accounts)} accounts: a partition has ${least} to ${most}, median ${median}, at most ${ratio} of the mean. A lookup takes ${shown(lookup_ns)} ns of CPU.

${table(['members', 'partitions each', 'accounts: least', 'median', 'most', 'most/mean', 'moved when one joins', 'when it leaves', '1/(n+1)', 'looks'], lines)}`
}
