import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './faults.ts'
import type { Process } from './processes.ts'
import type { Failpoint } from './splicing/failpoints.ts'
import { untilReached } from './splicing/reach.ts'

/** What failpoints need of a server. */
export interface FailpointSetting {
  /** Where points are armed. */
  readonly folder: string
  readonly processes: readonly Process[]
  /** Which time a process stops at the point. */
  readonly hits: (point: Failpoint) => number
  /** Makes commits slow while the work goes on. */
  readonly slowly?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined
}

/** What happens to the process that has stopped at a point. */
type Fate = 'kill' | 'pause'

interface Reached {
  readonly process: Process
  readonly pid: number
}

const WITHIN_MS = 10_000
const BEYOND_THE_LEASE = [6500, 9000] as const
const SHORT = [0, 2500] as const

/** Each point alone, with every kill there is, and with each other point. */
export function failpointFaults(
  points: readonly Failpoint[],
  others: readonly Fault[],
  setting: FailpointSetting,
): readonly Fault[] {
  const kills = others.filter(({ name }) => name.startsWith('kill '))
  return points.flatMap((point, i) => [
    alone(point, 'kill', setting),
    alone(point, 'pause', setting),
    ...kills.map((kill) => withKill(point, kill, setting)),
    ...points.slice(i + 1).map((other) => withPoint(point, other, setting)),
  ])
}

/** Some process stops at the point, and is killed there, or goes on when others have taken over. */
function alone(point: Failpoint, fate: Fate, setting: FailpointSetting): Fault {
  return {
    name: `${point.name}: ${fate}`,
    kind: 'failpoint',
    targets: [point.name],
    holds: fate === 'kill' ? SHORT : BEYOND_THE_LEASE,
    strike: async (holdMs) => {
      const reached = await stopAt(point, setting)
      await meet(fate, reached, holdMs)
      return told(reached)
    },
  }
}

/** A process stops at the point; something else is killed while it stands there, and then it is killed too. */
function withKill(point: Failpoint, kill: Fault, setting: FailpointSetting): Fault {
  return {
    name: `${point.name}: kill, with ${kill.name}`,
    kind: 'pair',
    targets: [point.name, ...kill.targets],
    holds: SHORT,
    strike: async (holdMs) => {
      const reached = await stopAt(point, setting)
      const struck = kill.strike(holdMs)
      await sleep(OVERLAP_MS)
      await meet('kill', reached, holdMs)
      await struck
      return told(reached)
    },
  }
}

/** A process stops at one point and, before it is killed, that or another one at the other point. */
function withPoint(one: Failpoint, other: Failpoint, setting: FailpointSetting): Fault {
  return {
    name: `${one.name} and ${other.name}: kill`,
    kind: 'pair',
    targets: [one.name, other.name],
    holds: SHORT,
    strike: async (holdMs) => {
      const [first, second] = await Promise.all([stopAt(one, setting), stopAt(other, setting)])
      await Promise.all([meet('kill', first, holdMs), meet('kill', second, holdMs)])
      return `${told(first)}, ${told(second)}`
    },
  }
}

const OVERLAP_MS = 300

const told = (reached: Reached | undefined) =>
  reached === undefined ? 'not reached' : `reached by ${reached.process.name}`

async function stopAt(point: Failpoint, setting: FailpointSetting): Promise<Reached | undefined> {
  const { folder, processes, hits, slowly = (work) => work() } = setting
  const wait = () => untilReached(folder, point.name, hits(point), WITHIN_MS)
  const pid = await (point.slow === true ? slowly(wait) : wait())
  const process = processes.find((one) => one.pid() === pid)
  return pid === undefined || process === undefined ? undefined : { process, pid }
}

async function meet(fate: Fate, reached: Reached | undefined, holdMs: number): Promise<void> {
  if (reached === undefined) return
  const { process: stopped, pid } = reached
  if (fate === 'pause') await sleep(holdMs)
  // Something else may have killed it there.
  if (stopped.pid() !== pid || stopped.isGone()) return
  if (fate === 'pause') return void process.kill(pid, 'SIGCONT')
  await stopped.kill()
  await sleep(holdMs)
  await stopped.restart()
}
