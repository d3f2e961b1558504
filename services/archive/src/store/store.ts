import type { BareJid } from '@jabiru/jid'
import type { Fence } from '@jabiru/store'
import type { Mark } from '../metadata.ts'
import type { Preferences } from '../preferences/preferences.ts'
import type { Archived } from '../query/codec.ts'
import type { Filter } from '../query/query.ts'

/** What is read of an archive at once: messages between two places of it, in its order. */
export interface Range {
  readonly filter: Pick<Filter, 'with' | 'ids' | 'start' | 'end'>
  /** Positions; neither is included. */
  readonly after?: number | undefined
  readonly before?: number | undefined
  /** The last ones rather than the first. */
  readonly fromEnd: boolean
  readonly most: number
  readonly mostBytes: number
}

export interface Page {
  /** In the archive's order, whichever end they were read from. */
  readonly rows: readonly Archived[]
  /** There are others between the two places. */
  readonly more: boolean
}

/** The archive as it is read: what is held for delivery only is not in it. Rejects with StoreUnavailable. */
export interface ArchiveStore {
  /** Positions by id; without those that are not there. */
  readonly positionsOf: (owner: BareJid, ids: readonly string[]) => Promise<ReadonlyMap<string, number>>
  readonly page: (owner: BareJid, range: Range) => Promise<Page>
  /** How many messages match; undefined where they are more than `most`. */
  readonly count: (owner: BareJid, range: Omit<Range, 'fromEnd' | 'mostBytes'>) => Promise<number | undefined>
  readonly ends: (owner: BareJid) => Promise<readonly [first: Mark, last: Mark] | undefined>
  readonly preferences: (owner: BareJid) => Promise<Preferences>
  /** The same may be written twice. Nothing is written for an account that is gone. */
  readonly prefer: (lease: Fence, owner: BareJid, preferences: Preferences) => Promise<'written' | 'fenced'>
}
