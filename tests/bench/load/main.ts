// The generator: a process of its own, on a core of its own. Its only argument is the job, as JSON; the outcome goes to its parent.
import { chat, pace } from './chat.ts'
import type { Job, Outcome } from './job.ts'

const job: Job = JSON.parse(process.argv[2] ?? '')

const WORKLOADS: Readonly<Record<string, (job: Job) => Promise<Outcome>>> = {
  W1: (own) => chat(own, { passing: false }),
  W2: (own) => chat(own, { passing: true }),
  W3: (own) => pace(own, { rate: 1000 }),
}

const work = WORKLOADS[job.workload]
if (work === undefined) throw new TypeError(`no workload ${job.workload}`)
const outcome = await work(job)
process.send?.(outcome, () => process.exit(0))
