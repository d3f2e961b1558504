/** A resource of the account a stanza is addressed to, as its owner knows it. */
export interface Resource {
  readonly resource: string
  /** Whether it has sent initial presence. A resource that has not is connected only. */
  readonly available: boolean
  /** -128 to 127; zero where none was given. RFC 6121 §4.7.2.3. */
  readonly priority: number
}

/** Whom a stanza is addressed to within one local account. */
export interface Target<R extends Resource> {
  readonly accountExists: boolean
  /** The resource of the `to` address; undefined for a bare JID. */
  readonly resource: string | undefined
  readonly resources: readonly R[]
}

/**
 * What happens to a stanza, and the row that says so:
 * - `deliver`: to these resources, `to` unchanged;
 * - `store`: keep it for the next resource of non-negative priority;
 * - `refuse`: answer with that stanza error;
 * - `drop`: nothing, in silence;
 * - `handle`: the server acts on the account's behalf;
 * - `answer-unsubscribed`: answer with a presence of that type.
 */
export type Decision<R extends Resource> =
  | { readonly do: 'deliver'; readonly rule: string; readonly to: readonly R[] }
  | { readonly do: 'store'; readonly rule: string }
  | { readonly do: 'refuse'; readonly rule: string; readonly condition: 'service-unavailable' }
  | { readonly do: 'drop'; readonly rule: string }
  | { readonly do: 'handle'; readonly rule: string }
  | { readonly do: 'answer-unsubscribed'; readonly rule: string }

/** Whom the cells that deliver choose. */
type Choice = 'match' | 'non-negative' | 'available'

/** The cells of the tables: RFC 6121 §8.5.4's letters O, E, S, D and A, and what it says in prose of iq and presence. */
export type Cell = Choice | 'store' | 'refuse' | 'drop' | 'handle' | 'answer-unsubscribed'

const CHOICE: Readonly<Record<Choice, (r: Resource, target: Target<Resource>) => boolean>> = {
  match: (r, target) => r.resource === target.resource,
  'non-negative': (r) => r.available && r.priority >= 0,
  available: (r) => r.available,
}

function isChoice(cell: Cell): cell is Choice {
  return Object.hasOwn(CHOICE, cell)
}

/** How the address meets the account's resources. */
export type Place = 'no-account-bare' | 'no-account-full' | 'bare' | 'match' | 'no-match'

/** Where the address stands. A full JID matches available and merely connected resources alike. RFC 6121 §8.5.3.1. */
export function placeOf(target: Target<Resource>): Place {
  const full = target.resource !== undefined
  if (!target.accountExists) return full ? 'no-account-full' : 'no-account-bare'
  if (!full) return 'bare'
  return target.resources.some((r) => r.resource === target.resource) ? 'match' : 'no-match'
}

/** A cell of a table, carried out against the resources. */
export function decide<R extends Resource>(cell: Cell, rule: string, target: Target<R>): Decision<R> {
  if (isChoice(cell)) return { do: 'deliver', rule, to: target.resources.filter((r) => CHOICE[cell](r, target)) }
  if (cell === 'refuse') return { do: 'refuse', rule, condition: 'service-unavailable' }
  return { do: cell, rule }
}
