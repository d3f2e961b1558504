/** Numbers that look random, from 0 to below 1, and are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Such numbers as they are mostly wanted. */
export interface Random {
  /** A whole number from `least` to `most`. */
  readonly int: (least: number, most: number) => number
  /** True with this probability. */
  readonly chance: (probability: number) => boolean
}

/** Numbers of a seed. */
export function randomOf(seed: number): Random {
  const next = randomFrom(seed)
  return {
    int: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
  }
}
