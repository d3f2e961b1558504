import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './faults.ts'
import { type Carriage, carrying } from './splicing/carry.ts'

const HOLDS = [500, 5000] as const

const CARRIAGES: Readonly<Record<string, Carriage>> = {
  'some envelopes are lost': { lost: 0.03, doubled: 0, lastLost: 0 },
  'some envelopes come twice': { lost: 0, doubled: 0.2, lastLost: 0 },
  'the last envelope of some bursts is lost': { lost: 0, doubled: 0, lastLost: 0.2 },
  'some envelopes are lost and some come twice': { lost: 0.02, doubled: 0.1, lastLost: 0.1 },
}

/** What a bus that delivers at most once may do, and what a sender that is unsure does. */
export function envelopeFaults(folder: string): readonly Fault[] {
  return Object.entries(CARRIAGES).map(([name, carriage]) => ({
    name,
    kind: 'envelope',
    targets: ['envelopes'],
    holds: HOLDS,
    strike: (holdMs) => carrying(folder, carriage, () => sleep(holdMs)),
  }))
}
