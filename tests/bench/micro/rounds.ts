import { percentile, spreadOf } from '../figures/spread.ts'
import type { Unit } from './unit.ts'

/** Operations done one after the other, and what they took together. */
export interface Round {
  readonly operations: number
  /** Microseconds of a processor. */
  readonly cpuUs: number
  /** Allocated on the heap. */
  readonly bytes: number
}

/** What all rounds of a unit gave. */
export interface Micro extends Pick<Unit, 'name' | 'what'> {
  /** Of one operation. */
  readonly cpu_us_p50: number
  readonly cpu_us_min: number
  readonly cpu_us_max: number
  /** Allocated by one operation on the heap of V8, about. */
  readonly bytes_p50: number
  readonly rounds: number
  /** In each round. */
  readonly operations: number
}

const costOf = ({ cpuUs, operations }: Round) => cpuUs / operations

export function microOf({ name, what }: Pick<Unit, 'name' | 'what'>, rounds: readonly Round[]): Micro {
  const cpu = spreadOf(rounds.map(costOf))
  if (cpu === undefined) throw new RangeError(`${name}: no rounds`)
  const bytes = rounds.map((round) => round.bytes / round.operations).toSorted((a, b) => a - b)
  return {
    name,
    what,
    cpu_us_p50: cpu.median,
    cpu_us_min: cpu.least,
    cpu_us_max: cpu.most,
    bytes_p50: Math.round(percentile(bytes, 0.5) ?? 0),
    rounds: rounds.length,
    operations: rounds[0]?.operations ?? 0,
  }
}

/** Below this share of what it took before, a round was faster. */
const FASTER = 0.95
const FEWEST_WARM = 3

/** Whether the optimiser is done: the last two rounds were not faster than the best before them. */
export function isSettled(rounds: readonly Round[]): boolean {
  if (rounds.length < FEWEST_WARM) return false
  const costs = rounds.map(costOf)
  const best = Math.min(...costs.slice(0, -2))
  return costs.slice(-2).every((cost) => cost >= best * FASTER)
}

/** What was measured anew takes the place of what is known. */
export function together(known: readonly Micro[], anew: readonly Micro[]): readonly Micro[] {
  return [...new Map([...known, ...anew].map((micro) => [micro.name, micro])).values()]
}
