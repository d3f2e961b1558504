import { setTimeout as passes } from 'node:timers/promises'
import { begin, drained, pacing, USERS, warmedUp } from '../../load/chat.ts'
import { dismiss, gather } from '../../load/crowd.ts'
import type { Job, Outcome } from '../../load/job.ts'
import { lettersAmong } from '../../load/letters.ts'
import type { Phase } from '../phase.ts'
import { openGauge } from './gauge.ts'

/** Letters a second that every form of the server takes. */
export const RATE = 300

/** What the logins have left to do. */
const SETTLE_MS = 2_000
const QUIET_S = 3

/**
 * Chat among 200 users: nothing for a while (`idle`), as much as the server takes (`full`), and as much as every form of it
 * takes (`paced`), whose cost can be compared: a server that is full commits and writes in larger groups.
 */
export async function chatPhases(job: Job): Promise<Outcome> {
  const faults: string[] = []
  const lines = await gather(job, USERS, { onFault: (fault) => void faults.push(fault) })
  let isRunning = false
  const letters = lettersAmong(job, lines, { passing: false, onArrival: (n) => void (isRunning && letters.send(n)) })
  await using gauge = await openGauge(job)
  const phases: Phase[] = []
  const measure = async (name: string, seconds = job.seconds) =>
    phases.push(
      await gauge.phase(
        name,
        () => letters.arrived(),
        () => passes(seconds * 1000),
      ),
    )

  await passes(SETTLE_MS)
  await measure('idle', QUIET_S)
  isRunning = true
  begin(letters)
  await warmedUp(letters)
  await measure('full')
  isRunning = false
  faults.push(...(await drained(job, letters, lines)))
  {
    using _ = pacing(letters, RATE)
    await warmedUp(letters)
    await measure('paced')
  }
  faults.push(...(await drained(job, letters, lines)))
  dismiss(lines)
  return { sent: letters.sent(), phases, faults: [...faults, ...letters.faults] }
}
