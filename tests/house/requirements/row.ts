/** How binding a requirement is; `says` stands for what a document defines without a capital word. */
export type Keyword = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'says'

/** Waits for something that is not there yet. */
export interface Later {
  readonly later: string
}

/** The words for a departure: its reason stands in the code, as `NOTSPEC(document §section): reason`. */
export const DEPARTS: unique symbol = Symbol('departs')

/** The same where several departures are of one section: a part of the reason tells which. */
export interface Departs {
  readonly departs: string
}

/**
 * One requirement on a server: section, keyword, and what is asked for, in few words of our own. `by` is a part of the title of the test
 * that holds it, of the same section or one within or around it; where it begins with `§`, of any section; with a document, of that.
 */
export type Row = readonly [
  section: string,
  keyword: Keyword,
  asks: string,
  by?: string | Later | Departs | typeof DEPARTS,
]

/** What one document asks of a server. */
export interface Requirements {
  readonly doc: string
  readonly title: string
  readonly rows: readonly Row[]
}

export const later = (reason: string): Later => ({ later: reason })
export const departs = (words: string): Departs => ({ departs: words })

export const FEDERATION: Later = later('with federation')
/** What is asked of streams between servers, where the code says why there are none. */
export const NO_SERVERS: Departs = departs('with other servers no stream')
