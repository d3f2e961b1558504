/** A source of numbers that a seed decides. */
export interface Random {
  /** An integer from 0 to below `n`. */
  readonly below: (n: number) => number
  /** True once in `n` times. */
  readonly once: (n: number) => boolean
  readonly pick: <T>(list: readonly [T, ...T[]]) => T
}

/** Numbers by a linear congruence (the constants of Numerical Recipes), the high bits only. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const below = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  return { below, once: (n) => below(n) === 0, pick: (list) => list[below(list.length)] ?? list[0] }
}
