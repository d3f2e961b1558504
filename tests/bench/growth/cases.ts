import type { Database } from '@jabiru/store'
import { USERS } from '../load/chat.ts'
import type { Account } from '../servers/population.ts'
import { ARCHIVES, fillArchives, friendsAnd, PAIRS, strangers, withContacts } from './accounts.ts'

/** What can be measured; the map is simulated. */
export const PARTS = ['nodes', 'sessions', 'rosters', 'resources', 'archive', 'map'] as const

export type PartName = (typeof PARTS)[number]

/** A server that is started afresh, and what it is given to do. */
export interface Case {
  readonly part: PartName
  /** What is varied, by name. */
  readonly of: Readonly<Record<string, number>>
  /** Processes of each kind; all in one where it is left out. */
  readonly cluster?: { readonly managers: number; readonly services: number }
  readonly accounts: () => readonly Account[]
  readonly fill?: (database: Database) => Promise<undefined>
  /** Rows that the archive has before. */
  readonly rows?: number
}

const nodes = (managers: number, services: number): Case => ({
  part: 'nodes',
  of: { managers, services },
  cluster: { managers, services },
  accounts: () => strangers(USERS),
})

const sessions = (count: number): Case => ({
  part: 'sessions',
  of: { sessions: count },
  cluster: { managers: 2, services: 2 },
  accounts: () => friendsAnd(count),
})

const roster = (contacts: number): Case => ({
  part: 'rosters',
  of: { contacts },
  accounts: () => withContacts(contacts),
})

const resources = (count: number): Case => ({
  part: 'resources',
  of: { resources: count },
  accounts: () => strangers(2 * PAIRS),
})

const archive = (rows: number): Case => ({
  part: 'archive',
  of: { rows },
  accounts: () => strangers(ARCHIVES),
  fill: (database) => fillArchives(database, rows),
  rows,
})

/** Everything that is measured, in its order. */
export const CASES: readonly Case[] = [
  ...[1, 2, 4, 8].map((managers) => nodes(managers, 2)),
  ...[1, 4].map((services) => nodes(2, services)),
  sessions(2_000),
  ...[10, 100, 1_000].map(roster),
  ...[1, 10, 100].map(resources),
  ...[10_000, 100_000, 1_000_000].map(archive),
]
