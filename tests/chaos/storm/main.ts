// The bystanders of a storm, a process of their own: the one that plays the crowd is at its limit then, and would be what
// they measure. No priority is raised; how late this process is with its own timers is among the figures.
// Its only argument is the job, as JSON; it obeys its parent over IPC, and ends with it.
import type { Command, Job, Told } from './job.ts'
import { gather, type Talk } from './talk.ts'

// Whoever would take the figures is gone.
process.on('disconnect', () => process.exit(1))

const tell = (told: Told) => process.send?.(told)

const fails = (error: unknown) => {
  const told: Told = { is: 'failed', why: String(error) }
  process.send?.(told, () => process.exit(1))
}

const job: Job = JSON.parse(process.argv[2] ?? '')

const OBEYS: Readonly<Record<Command, (talk: Talk) => Promise<Told>>> = {
  talk: (talk) => talk.begin().then(() => ({ is: 'talking' })),
  mark: async (talk) => {
    talk.mark()
    return { is: 'marked' }
  },
  end: (talk) => talk.end().then((figures) => ({ is: 'over', figures })),
}

try {
  const talk = await gather(job, fails)
  process.on('message', (command: Command) => void OBEYS[command](talk).then(tell, fails))
  tell({ is: 'online' })
} catch (error) {
  fails(error)
}
