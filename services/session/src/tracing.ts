import { during, type Hops } from '@jabiru/runtime'
import type { Held, InstanceRef, LaneEnvelope } from '@jabiru/wire'
import type { Egress } from './egress.ts'
import type { MessageDeps } from './message.ts'

type Handle = (lease: Held, envelope: LaneEnvelope, from: InstanceRef) => Promise<void> | void

const HOPS = { out: 'send', in: 'receive' } as const

/** What is heard, telling of the stanzas that are traced: what follows is told which hop it follows. One hop, however many accounts. */
export const tracedHandle =
  (hops: Hops, handle: Handle): Handle =>
  (lease, envelope, from) => {
    if ((envelope.k !== 'out' && envelope.k !== 'in') || envelope.trace === undefined)
      return handle(lease, envelope, from)
    const admission = envelope.k === 'in' ? envelope.id : undefined
    const hop = hops.follow(envelope.trace, HOPS[envelope.k], envelope.stanza, admission)
    if (hop === undefined) return handle(lease, envelope, from)
    return during(hop, Promise.resolve(handle(lease, { ...envelope, trace: hop.trace }, from)))
  }

interface Speaking {
  readonly egress: Egress
}

/** What a way needs, for one stanza: what a traced one leads to is told of its trace. */
export function under<D extends Speaking>(trace: string | undefined, deps: D): D {
  return trace === undefined ? deps : { ...deps, egress: tracedEgress(deps.egress, trace) }
}

const tracedEgress = (egress: Egress, trace: string): Egress => ({
  ...egress,
  deliver: (lease, at, delivered) => egress.deliver(lease, at, { ...delivered, trace }),
  toOwner: (group, account, envelope) =>
    egress.toOwner(group, account, 'stanza' in envelope ? { ...envelope, trace } : envelope),
  route: (stanza, id) => egress.route(stanza, id, trace),
})

const MESSAGE = { name: 'message' }

/** The same for messages, which are committed. */
export function underCommitting(hops: Hops, trace: string | undefined, deps: MessageDeps): MessageDeps {
  if (trace === undefined) return deps
  const append: MessageDeps['append'] = (row) => during(hops.follow(trace, 'commit', MESSAGE, row.id), deps.append(row))
  return { ...under(trace, deps), append }
}
