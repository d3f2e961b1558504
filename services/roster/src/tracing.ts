import { during, type Hops } from '@jabiru/runtime'
import type { Held, LaneEnvelope } from '@jabiru/wire'
import type { Actors } from './actors.ts'
import type { Decision } from './decision.ts'

type Handle = (lease: Held, envelope: LaneEnvelope) => Promise<void> | undefined

/** What `create` hears, telling of the stanzas that are traced: what they lead to is told which hop it follows. */
export function traced(hops: Hops, actors: Actors, create: (actors: Actors) => Handle): Handle {
  const plain = create(actors)
  return (lease, envelope) => {
    const trace = 'trace' in envelope ? envelope.trace : undefined
    if (trace === undefined || !('stanza' in envelope)) return plain(lease, envelope)
    const hop = hops.follow(trace, envelope.k === 'in' ? 'receive' : envelope.k, envelope.stanza)
    if (hop === undefined) return plain(lease, envelope)
    const done = create(tellingOf(actors, hop.trace))(lease, envelope)
    return during(hop, Promise.resolve(done))
  }
}

const tellingOf = (actors: Actors, trace: string): Actors => ({
  ...actors,
  decide: (lease, owner, decide) => actors.decide(lease, owner, async (roster) => stamped(await decide(roster), trace)),
})

const stamped = (decision: Decision, trace: string): Decision => ({
  ...decision,
  out: decision.out.map((one) => ('stanza' in one ? { ...one, trace } : one)),
})
