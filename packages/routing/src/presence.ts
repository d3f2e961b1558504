import { type Cell, type Decision, decide, type Place, placeOf, type Resource, type Target } from './decision.ts'

/** A presence's type; `available` stands for none. RFC 6121 §4.7.1. */
export type PresenceKind =
  | 'available'
  | 'unavailable'
  | 'subscribe'
  | 'subscribed'
  | 'unsubscribe'
  | 'unsubscribed'
  | 'probe'
  | 'error'

type Row = Readonly<Record<PresenceKind, Cell>>

const NO_ACCOUNT: Row = {
  available: 'drop',
  unavailable: 'drop',
  subscribe: 'drop',
  subscribed: 'drop',
  unsubscribe: 'drop',
  unsubscribed: 'drop',
  // RFC 6121 §8.5.1 (b): the answer a stranger gets from an account that does exist (§4.3.2)
  probe: 'answer-unsubscribed',
  error: 'drop',
}

/** RFC 6121 §8.5.1 to §8.5.3 for presence. `handle` is the state machine of appendix A, or the answer to a probe. */
export const PRESENCE_TABLE: Readonly<Record<Place, Row>> = {
  'no-account-bare': NO_ACCOUNT,
  'no-account-full': NO_ACCOUNT,
  bare: {
    available: 'available',
    unavailable: 'available',
    subscribe: 'handle',
    subscribed: 'handle',
    unsubscribe: 'handle',
    unsubscribed: 'handle',
    probe: 'handle',
    // What bounced was sent from the bare JID: a subscription stanza of the user's. RFC 6121 §3.1.2.
    error: 'available',
  },
  match: {
    available: 'match',
    unavailable: 'match',
    subscribe: 'handle',
    subscribed: 'handle',
    unsubscribe: 'handle',
    unsubscribed: 'handle',
    probe: 'handle',
    error: 'match',
  },
  'no-match': {
    available: 'drop',
    unavailable: 'drop',
    subscribe: 'handle',
    subscribed: 'drop',
    unsubscribe: 'drop',
    unsubscribed: 'drop',
    probe: 'handle',
    error: 'drop',
  },
}

/** Where a presence to a local account goes. RFC 6121 §8.5. */
export function routePresence<R extends Resource>(kind: PresenceKind, target: Target<R>): Decision<R> {
  const place = placeOf(target)
  return decide(PRESENCE_TABLE[place][kind], `presence/${place}/${kind}`, target)
}
