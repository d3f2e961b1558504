import type { Options } from './options.ts'
import type { Contestant } from './servers/server.ts'
import { isNamed, WORKLOADS, type Workload } from './workloads.ts'

/** One trial to be made. */
export interface Planned {
  readonly workload: Workload
  readonly contestant: Contestant
}

/**
 * All trials in their order. Within a workload contestants take turns, one run each, so that what changes on the machine
 * in the course of time strikes all of them alike.
 */
export function planOf(
  { only, servers, forms, runs }: Pick<Options, 'only' | 'servers' | 'forms' | 'runs'>,
  contestants: (workload: Workload) => readonly Contestant[],
): readonly Planned[] {
  const wanted = ({ server, form }: Contestant) =>
    servers.includes(server) && (forms.length === 0 || forms.includes(form))
  return WORKLOADS.filter((workload) => isNamed(workload, only)).flatMap((workload) => {
    const round = contestants(workload)
      .filter(wanted)
      .map((contestant) => ({ workload, contestant }))
    return Array.from({ length: runs }, () => round).flat()
  })
}
