import { setTimeout as passes } from 'node:timers/promises'
import { drained } from '../../load/chat.ts'
import { dismiss, each, enter } from '../../load/crowd.ts'
import type { Job, Outcome } from '../../load/job.ts'
import { lettersAmong } from '../../load/letters.ts'
import type { Line } from '../../load/line.ts'
import { NEAR, OWNERS } from '../accounts.ts'
import type { Phase } from '../phase.ts'
import { openGauge } from './gauge.ts'
import { presencePhase } from './presence.ts'

const WIDTH = 10
/** Letters under way for each sender. */
const UNDER_WAY = 12
const SETTLE_MS = 2_000
const WARM_UP_MS = 2_000

/**
 * 20 users have the same contacts. They change their presence while ten of these are connected (`few`) and while all
 * are (`all`), and write to each other (`chat`).
 */
export async function rosterPhases(job: Job): Promise<Outcome> {
  const faults: string[] = []
  const lines: Line[] = []
  const come = async (from: number, to: number, width: number) => {
    await each(to - from, width, async (n) => {
      lines[from + n] = await enter(job, from + n, { onFault: (fault) => void faults.push(fault) })
    })
    await passes(SETTLE_MS)
  }
  await using gauge = await openGauge(job)
  const phases: Phase[] = []
  const contacts = job.growth?.of['contacts'] ?? 0
  const move = async (name: string, connected: number) => {
    await come(lines.length, OWNERS + connected, WIDTH)
    const movers = lines.slice(0, OWNERS)
    const movement = { movers, watchers: lines.slice(OWNERS), seen: OWNERS * connected, seconds: job.seconds }
    phases.push(await presencePhase(gauge, name, movement))
  }
  // Each asks for the presence of all his contacts: that is a storm where many come at once.
  await come(0, OWNERS, 1)
  await move('few', NEAR)
  await move('all', contacts)
  let isRunning = true
  const owners = lines.slice(0, OWNERS)
  const letters = lettersAmong(job, owners, { passing: false, onArrival: (n) => void (isRunning && letters.send(n)) })
  for (let n = 0; n < OWNERS; n++) for (let k = 0; k < UNDER_WAY; k++) letters.send(n)
  await passes(WARM_UP_MS)
  phases.push(await gauge.phase('chat', letters.arrived, () => passes(job.seconds * 1000)))
  isRunning = false
  const left = await drained(job, letters, owners)
  dismiss(lines)
  return { sent: letters.sent(), phases, faults: [...faults, ...letters.faults, ...left] }
}
