/** A hot part of the server, alone. */
export interface Unit {
  readonly name: string
  /** What one operation is. */
  readonly what: string
  /**
   * Does so many operations. Returns a sum of something that each of them made, which is not 0: what nobody looks at, the
   * optimiser may leave out.
   */
  readonly run: (operations: number) => number | Promise<number>
}

/** Makes units; what they need is ended with `open`. */
export type Units = (open: AsyncDisposableStack) => Promise<readonly Unit[]>

/** A unit that does its operations on one sample after the other. The number of samples is a power of two. */
export function unitOver<T>(
  samples: readonly T[],
  { name, what }: Pick<Unit, 'name' | 'what'>,
  weigh: (sample: T) => number,
): Unit {
  const mask = samples.length - 1
  if (samples.length === 0 || (samples.length & mask) !== 0) throw new RangeError(`${samples.length} samples`)
  const run = (operations: number) => {
    let sum = 0
    for (let n = 0; n < operations; n++) {
      const sample = samples[n & mask]
      if (sample !== undefined) sum += weigh(sample)
    }
    return sum
  }
  return { name, what, run }
}

/** A text may be a tree of its parts until somebody reads in it; whoever writes it to a socket does. */
export const flat = (text: string) => text.length + text.charCodeAt(text.length >> 1)
