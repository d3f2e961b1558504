import type { Options } from './options.ts'
import type { Contestant } from './servers/server.ts'
import { isNamed, WORKLOADS, type Workload } from './workloads.ts'

/** One trial to be made. */
export interface Planned {
  readonly workload: Workload
  readonly contestant: Contestant
}

/**
 * All trials in their order: everything once, then everything again. Within a workload contestants follow one another, so
 * that what changes on the machine in the course of minutes strikes all of them alike; what changes in the course of an hour
 * is in the spread of each.
 */
export function planOf(
  { only, servers, forms, runs }: Pick<Options, 'only' | 'servers' | 'forms' | 'runs'>,
  contestants: (workload: Workload) => readonly Contestant[],
): readonly Planned[] {
  const wanted = ({ server, form }: Contestant) =>
    servers.includes(server) && (forms.length === 0 || forms.includes(form))
  const round = WORKLOADS.filter((workload) => isNamed(workload, only)).flatMap((workload) =>
    contestants(workload)
      .filter(wanted)
      .map((contestant) => ({ workload, contestant })),
  )
  return Array.from({ length: runs }, () => round).flat()
}
