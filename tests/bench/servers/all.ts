import type { Workload } from '../workloads.ts'
import { JABIRU } from './jabiru.ts'
import { RELAY } from './relay.ts'
import type { Contestant } from './server.ts'

/** Who takes part in a workload. */
export function contestants({ name }: Workload): readonly Contestant[] {
  return [...JABIRU, ...(name === 'W2' ? [RELAY] : [])]
}
