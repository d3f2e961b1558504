import type { Workload } from '../workloads.ts'
import { EJABBERD } from './ejabberd.ts'
import { JABIRU } from './jabiru.ts'
import { PROSODY } from './prosody.ts'
import { RELAY } from './relay.ts'
import type { Contestant } from './server.ts'

/** Who takes part in a workload. */
export function contestants({ name, archive }: Workload): readonly Contestant[] {
  const peers = archive ? [EJABBERD.postgres, PROSODY.postgres] : [EJABBERD.mnesia, PROSODY.files]
  return [...JABIRU, ...peers, ...(name === 'W2' ? [RELAY] : [])]
}
