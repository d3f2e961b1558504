import { type Cell, type Decision, decide, type Place, placeOf, type Resource, type Target } from './decision.ts'

/** The message types of RFC 6121 §5.2.2. */
export type MessageType = 'normal' | 'chat' | 'groupchat' | 'headline' | 'error'

/** Who of the account could take a message to its bare JID. */
export type Situation = 'none' | 'negative' | 'non-negative'

type Row = Readonly<Record<MessageType, Cell>>
type ByPlace = Readonly<Record<Place, Row>>

const NO_ACCOUNT = {
  'no-account-bare': { normal: 'refuse', chat: 'refuse', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  'no-account-full': { normal: 'refuse', chat: 'refuse', groupchat: 'refuse', headline: 'drop', error: 'drop' },
} as const satisfies Partial<Record<Place, Row>>

const MATCH = { normal: 'match', chat: 'match', groupchat: 'match', headline: 'match', error: 'match' } as const

/**
 * RFC 6121 §8.5.4, Table 1, with the column for type error from §8.5.2 and §8.5.3, and one choice made wherever the
 * table leaves two. Chosen: offline storage over an error; an error over silence, but silence for headlines, which
 * nobody awaits; and every non-negative resource as the "most available" ones, so that a message to the bare JID
 * reaches every device without carbons.
 * NOTSPEC(RFC 6121 §8): a headline that finds nobody is dropped, whoever has sent it: no sender waits for a word about one.
 * NOTSPEC(RFC 6121 §8.5.4 *): chat messages go to all non-negative resources without an opt-in; a negative priority is the way out.
 */
export const MESSAGE_TABLE: Readonly<Record<Situation, ByPlace>> = {
  none: {
    ...NO_ACCOUNT,
    bare: { normal: 'store', chat: 'store', groupchat: 'refuse', headline: 'drop', error: 'drop' },
    // A connected resource that is not available still takes what names it. RFC 6121 §8.5.3.1.
    match: MATCH,
    'no-match': { normal: 'refuse', chat: 'store', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  },
  negative: {
    ...NO_ACCOUNT,
    bare: { normal: 'store', chat: 'store', groupchat: 'refuse', headline: 'drop', error: 'drop' },
    match: MATCH,
    'no-match': { normal: 'refuse', chat: 'store', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  },
  'non-negative': {
    ...NO_ACCOUNT,
    bare: {
      normal: 'non-negative',
      chat: 'non-negative',
      groupchat: 'refuse',
      headline: 'non-negative',
      error: 'drop',
    },
    match: MATCH,
    'no-match': { normal: 'refuse', chat: 'non-negative', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  },
}

function situationOf(resources: readonly Resource[]): Situation {
  const available = resources.filter((r) => r.available)
  if (available.some((r) => r.priority >= 0)) return 'non-negative'
  return available.length > 0 ? 'negative' : 'none'
}

/** Where a message to a local account goes. RFC 6121 §8.5. */
export function routeMessage<R extends Resource>(type: MessageType, target: Target<R>): Decision<R> {
  const situation = situationOf(target.resources)
  const place = placeOf(target)
  const rule = place.startsWith('no-account') ? `message/${place}/${type}` : `message/${situation}/${place}/${type}`
  return decide(MESSAGE_TABLE[situation][place][type], rule, target)
}
