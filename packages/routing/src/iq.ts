import { type Cell, type Decision, decide, type Place, placeOf, type Resource, type Target } from './decision.ts'

export type IqType = 'get' | 'set' | 'result' | 'error'
type IqKind = 'request' | 'answer'

/**
 * RFC 6121 §8.5.1 to §8.5.3 for iq. An answer is never answered (RFC 6120 §8.2.3 rule 4): where a request would be
 * refused, it is dropped. One to the bare JID answers what the server asked on the account's behalf.
 */
export const IQ_TABLE: Readonly<Record<Place, Readonly<Record<IqKind, Cell>>>> = {
  'no-account-bare': { request: 'refuse', answer: 'drop' },
  'no-account-full': { request: 'refuse', answer: 'drop' },
  bare: { request: 'handle', answer: 'handle' },
  match: { request: 'match', answer: 'match' },
  'no-match': { request: 'refuse', answer: 'drop' },
}

/**
 * Where an iq to a local account goes. `sharesPresence` is whether the requester may know that the resource is there:
 * by a subscription of the account's that is "both" or "from", by directed presence, or as the account itself.
 */
export function routeIq<R extends Resource>(type: IqType, target: Target<R>, sharesPresence: boolean): Decision<R> {
  const kind = type === 'get' || type === 'set' ? 'request' : 'answer'
  const place = placeOf(target)
  // RFC 6121 §8.5.3.1: the same answer as for a resource that does not exist
  if (place === 'match' && kind === 'request' && !sharesPresence) return decide('refuse', 'iq/match/stranger', target)
  return decide(IQ_TABLE[place][kind], `iq/${place}/${kind}`, target)
}
