import { setTimeout as passes } from 'node:timers/promises'
import { dismiss, each, enter, gather } from './crowd.ts'
import type { Job, Outcome } from './job.ts'
import { closeLine, type openLine } from './line.ts'
import { serverMemory } from './meter.ts'

const SESSIONS = 5000
/** The first ones make the server load and compile what all of them need. */
const FIRST = 200
/** Collectors of garbage have that much time. */
const SETTLE_MS = 10_000
const WIDTH = 20

/** What a session that says nothing holds of the server's memory. */
export async function idle(job: Job, open: typeof openLine): Promise<Outcome> {
  const faults: string[] = []
  const entry = { open, onFault: (fault: string) => void faults.push(fault) }
  await each(FIRST, WIDTH, async (n) => closeLine(await enter(job, n, entry)))
  await passes(SETTLE_MS)
  const before = serverMemory(job.root)
  const lines = await gather(job, SESSIONS, entry)
  await passes(SETTLE_MS)
  const after = serverMemory(job.root)
  dismiss(lines)
  return {
    figures: { kb_per_session: (after - before) / SESSIONS, generator: 0 },
    sent: 0,
    faults: faults.slice(0, 20),
  }
}
