import type { Subscription } from '@jabiru/protocol'

/** RFC 6121 appendix A.1: the nine states of a subscription, from the user's side. `out` and `in` are requests that wait. */
export const STATES = ['none', 'none+out', 'none+in', 'none+out+in', 'to', 'to+in', 'from', 'from+out', 'both'] as const
export type State = (typeof STATES)[number]

/** The presence types that change a subscription. RFC 6121 §3. */
export const SUBSCRIPTION_TYPES = ['subscribe', 'unsubscribe', 'subscribed', 'unsubscribed'] as const
export type SubscriptionType = (typeof SUBSCRIPTION_TYPES)[number]

/** Whether a presence's type changes a subscription. */
export function isSubscriptionType(type: string | undefined): type is SubscriptionType {
  return SUBSCRIPTION_TYPES.some((known) => known === type)
}

/** `outbound`: the user's client says it. `inbound`: it comes from the contact. */
export type Direction = 'outbound' | 'inbound'

/** One cell: whether the stanza goes on (is routed, or delivered to the user), and the state afterwards. */
export interface Cell {
  readonly pass: boolean
  readonly next: State
  /** What else the footnote of the cell says: a note on pre-approval (§3.4), or an answer on the user's behalf. */
  readonly also?: 'approve' | 'cancel-approval' | 'reply-subscribed' | 'reply-unsubscribed'
}

type Table = Readonly<Record<Direction, Readonly<Record<SubscriptionType, Readonly<Record<State, Cell>>>>>>

const passed = (next: State): Cell => ({ pass: true, next })
const ignored = (next: State, also?: Cell['also']): Cell =>
  also === undefined ? { pass: false, next } : { pass: false, next, also }
const cancelled = (next: State): Cell => ({ pass: true, next, also: 'reply-unsubscribed' })

/** RFC 6121 appendix A, tables 2 to 9. */
export const TRANSITIONS: Table = {
  outbound: {
    // Table 2
    subscribe: {
      none: passed('none+out'),
      'none+out': passed('none+out'),
      'none+in': passed('none+out+in'),
      'none+out+in': passed('none+out+in'),
      to: passed('to'),
      'to+in': passed('to+in'),
      from: passed('from+out'),
      'from+out': passed('from+out'),
      both: passed('both'),
    },
    // Table 3
    unsubscribe: {
      none: passed('none'),
      'none+out': passed('none'),
      'none+in': passed('none+in'),
      'none+out+in': passed('none+in'),
      to: passed('none'),
      'to+in': passed('none+in'),
      from: passed('from'),
      'from+out': passed('from'),
      both: passed('from'),
    },
    // Table 4
    subscribed: {
      none: ignored('none', 'approve'),
      'none+out': ignored('none+out', 'approve'),
      'none+in': passed('from'),
      'none+out+in': passed('from+out'),
      to: ignored('to', 'approve'),
      'to+in': passed('both'),
      from: ignored('from'),
      'from+out': ignored('from+out'),
      both: ignored('both'),
    },
    // Table 5
    unsubscribed: {
      none: ignored('none', 'cancel-approval'),
      'none+out': ignored('none+out', 'cancel-approval'),
      'none+in': passed('none'),
      'none+out+in': passed('none+out'),
      to: ignored('to', 'cancel-approval'),
      'to+in': passed('to'),
      from: passed('none'),
      'from+out': passed('none+out'),
      both: passed('to'),
    },
  },
  inbound: {
    // Table 6; its note [1], on contacts that are approved beforehand, is in `decideInbound`
    subscribe: {
      none: passed('none+in'),
      'none+out': passed('none+out+in'),
      'none+in': ignored('none+in'),
      'none+out+in': ignored('none+out+in'),
      to: passed('to+in'),
      'to+in': ignored('to+in'),
      from: ignored('from', 'reply-subscribed'),
      'from+out': ignored('from+out', 'reply-subscribed'),
      both: ignored('both', 'reply-subscribed'),
    },
    // Table 7
    unsubscribe: {
      none: ignored('none'),
      'none+out': ignored('none+out'),
      'none+in': cancelled('none'),
      'none+out+in': cancelled('none+out'),
      to: ignored('to'),
      'to+in': cancelled('to'),
      from: cancelled('none'),
      'from+out': cancelled('none+out'),
      both: cancelled('to'),
    },
    // Table 8
    subscribed: {
      none: ignored('none'),
      'none+out': passed('to'),
      'none+in': ignored('none+in'),
      'none+out+in': passed('to+in'),
      to: ignored('to'),
      'to+in': ignored('to+in'),
      from: ignored('from'),
      'from+out': passed('both'),
      both: ignored('both'),
    },
    // Table 9
    unsubscribed: {
      none: ignored('none'),
      'none+out': passed('none'),
      'none+in': ignored('none+in'),
      'none+out+in': passed('none+in'),
      to: passed('none'),
      'to+in': passed('none+in'),
      from: ignored('from'),
      'from+out': passed('from'),
      both: passed('from'),
    },
  },
}

/** A state taken apart into what is kept of it. */
export interface Parts {
  readonly subscription: Subscription
  /** The user's request waits for an answer. */
  readonly ask: boolean
  /** The contact's request waits for an answer. */
  readonly asked: boolean
}

const PARTS: Readonly<Record<State, Parts>> = {
  none: { subscription: 'none', ask: false, asked: false },
  'none+out': { subscription: 'none', ask: true, asked: false },
  'none+in': { subscription: 'none', ask: false, asked: true },
  'none+out+in': { subscription: 'none', ask: true, asked: true },
  to: { subscription: 'to', ask: false, asked: false },
  'to+in': { subscription: 'to', ask: false, asked: true },
  from: { subscription: 'from', ask: false, asked: false },
  'from+out': { subscription: 'from', ask: true, asked: false },
  both: { subscription: 'both', ask: false, asked: false },
}

/** What is kept of a state. */
export function partsOf(state: State): Parts {
  return PARTS[state]
}

/** The state of what is kept. What cannot be (a request from whom is subscribed already) is read without the request. */
export function stateOf({ subscription, ask, asked }: Parts): State {
  if (subscription === 'both') return 'both'
  if (subscription === 'from') return ask ? 'from+out' : 'from'
  if (subscription === 'to') return asked ? 'to+in' : 'to'
  if (ask) return asked ? 'none+out+in' : 'none+out'
  return asked ? 'none+in' : 'none'
}
