import type { FullJid } from '@jabiru/jid'
import { stanza, withHead } from '@jabiru/stanza'
import type { Decide, Out } from './decision.ts'

/** A resource has sent its first available presence. */
export interface Login {
  readonly resource: FullJid
}

/**
 * RFC 6121 §3.1.3 rule 4: requests that wait are delivered to each new resource. RFC 6121 §3.1.2: what the user has
 * asked of others and nobody has answered is asked again, which mends what a failure has lost.
 * NOTSPEC(RFC 6121 §3.1.2): without an id, by which nobody would look for the answer.
 */
export const decideLogin: Decide<Login> = (roster, { owner, isReachable }, { resource }) => {
  const waiting = [...roster.requests.values()].map(
    (request): Out => ({ to: 'asker', asker: resource, stanza: withHead(request, { to: resource }) }),
  )
  const asked = [...roster.items.values()].filter((item) => item.ask && isReachable(item.jid))
  const again = asked.map(
    ({ jid }): Out => ({
      to: 'contact',
      stanza: stanza({ name: 'presence', type: 'subscribe', from: owner, to: jid }),
      again: true,
    }),
  )
  return { out: [...waiting, ...again] }
}
