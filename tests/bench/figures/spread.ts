/** Median with the least and the most of several runs. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Of none there is none. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const [least, most] = [sorted[0], sorted.at(-1)]
  if (least === undefined || most === undefined) return undefined
  const upper = sorted[Math.floor(sorted.length / 2)] ?? least
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? least
  return { median: (lower + upper) / 2, least, most }
}

/** The smallest value that at least this share (0 to 1) of them does not exceed; `sorted` ascends. Undefined of none. */
export function percentile(sorted: Readonly<ArrayLike<number>>, share: number): number | undefined {
  if (sorted.length === 0) return undefined
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}
