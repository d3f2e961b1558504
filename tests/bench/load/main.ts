// The generator: a process of its own, on a core of its own. Its only argument is the job, as JSON; the outcome goes to its parent.
import { GROWTH } from '../growth/load/all.ts'
import { chat, pace } from './chat.ts'
import { idle } from './idle.ts'
import type { Job, Outcome } from './job.ts'
import { openLine } from './line.ts'
import { logins } from './logins.ts'
import { openProxiedLine } from './proxied.ts'
import { archiveReads, rosterReads } from './reads.ts'
import { roomFanOut } from './room.ts'
import { loginStorm, presenceStorm } from './storm.ts'
import { openWebSocketLine } from './websocket.ts'

// Whoever would take the outcome is gone.
process.on('disconnect', () => process.exit(1))

const job: Job = JSON.parse(process.argv[2] ?? '')

const WORKLOADS: Readonly<Record<string, (job: Job) => Promise<Outcome>>> = {
  W1: (own) => chat(own, { passing: false }),
  W2: (own) => chat(own, { passing: true }),
  W3: (own) => pace(own, { rate: 1000 }),
  W4: logins,
  W5: (own) => idle(own, openLine),
  'W5-proxied': (own) => idle(own, openProxiedLine),
  'W5-ws': (own) => idle(own, openWebSocketLine),
  W6: loginStorm,
  'W6-presence': presenceStorm,
  W7: rosterReads,
  'W7-archive': archiveReads,
  W8: roomFanOut,
  ...GROWTH,
}

const work = WORKLOADS[job.workload]
if (work === undefined) throw new TypeError(`no workload ${job.workload}`)
const outcome = await work(job).catch((error: unknown): Outcome => ({ sent: 0, faults: [String(error)] }))
process.send?.(outcome, () => process.exit(0))
