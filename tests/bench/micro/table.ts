import { table } from '../figures/markdown.ts'
import { shown } from '../figures/table.ts'
import type { Micro } from './rounds.ts'

const HEAD = ['', 'one operation', 'CPU µs', 'least–most', 'bytes', 'a second on one core']

const MICROSECONDS = 1e6

/** All units as one table. */
export function microTable(micro: readonly Micro[]): string {
  const lines = micro.map((unit) => [
    unit.name,
    unit.what,
    shown(unit.cpu_us_p50),
    `${shown(unit.cpu_us_min)}–${shown(unit.cpu_us_max)}`,
    shown(unit.bytes_p50),
    shown(MICROSECONDS / unit.cpu_us_p50),
  ])
  return table(HEAD, lines)
}

/** What one unit gave, as it comes. */
export const microLine = (unit: Micro): string =>
  `${unit.name}: ${shown(unit.cpu_us_p50)} µs (${shown(unit.cpu_us_min)}–${shown(unit.cpu_us_max)}), ${shown(unit.bytes_p50)} bytes, ${unit.rounds} rounds of ${unit.operations}`
