import { isDeepStrictEqual } from 'node:util'
import type { MapFigures } from './map.ts'
import type { Phase } from './phase.ts'
import type { GrowthRow } from './row.ts'

/** All that was measured, and simulated. */
export interface Growth {
  readonly rows: readonly GrowthRow[]
  readonly map?: MapFigures
}

/** Results of several runs as one; of what was measured twice the later counts. */
export function merged(runs: readonly Growth[]): Growth {
  const all = runs.flatMap(({ rows }) => rows)
  const isSame = (one: GrowthRow, other: GrowthRow) => one.part === other.part && isDeepStrictEqual(one.of, other.of)
  const rows = all.filter((row, n) => !all.slice(n + 1).some((later) => isSame(row, later)))
  const map = runs.findLast((run) => run.map !== undefined)?.map
  return map === undefined ? { rows } : { rows, map }
}

export const phaseOf = ({ phases }: GrowthRow, name: string): Phase | undefined =>
  phases.find((phase) => phase.name === name)
