import { setTimeout as passes } from 'node:timers/promises'
import { dismiss, each, enter } from '../../load/crowd.ts'
import type { Job, Outcome } from '../../load/job.ts'
import type { Line } from '../../load/line.ts'
import { FRIENDS, GROUP } from '../accounts.ts'
import type { Phase } from '../phase.ts'
import { openGauge } from './gauge.ts'
import { presencePhase } from './presence.ts'

const WIDTH = 32
/** V8 collects everything 8 s after a process has become idle: what that takes is not the quiet sessions'. */
const SETTLE_MS = 25_000
/** Little is to be seen: it takes long. */
const QUIET_MS = 40_000

/**
 * Users in groups of 50 come first and stay (`idle few`). Then the others log in (`logins`), and all are quiet (`idle many`).
 * What `logins` adds in memory is theirs. At last the first ones change their presence (`presence`): before, the memory
 * that this takes for a while would be given back while the others come.
 */
export async function sessionPhases(job: Job): Promise<Outcome> {
  const faults: string[] = []
  const lines: Line[] = []
  let there = 0
  const come = (from: number, to: number) =>
    each(to - from, WIDTH, async (n) => {
      lines[from + n] = await enter(job, from + n, { onFault: (fault) => void faults.push(fault) })
      there++
    })
  const sessions = job.growth?.of['sessions'] ?? 0
  await using gauge = await openGauge(job)
  const phases: Phase[] = []
  const counted = () => there
  await come(0, FRIENDS)
  const friends = lines.slice(0, FRIENDS)
  await passes(SETTLE_MS)
  phases.push(await gauge.phase('idle few', counted, () => passes(QUIET_MS)))
  phases.push(await gauge.phase('logins', counted, () => come(FRIENDS, sessions)))
  await passes(SETTLE_MS)
  phases.push(await gauge.phase('idle many', counted, () => passes(QUIET_MS)))
  const movement = { movers: friends, watchers: friends, seen: FRIENDS * (GROUP - 1), seconds: job.seconds }
  phases.push(await presencePhase(gauge, 'presence', movement))
  dismiss(lines)
  return { sent: 0, phases, faults: faults.slice(0, 20) }
}
