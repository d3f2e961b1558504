import type { Feature } from './servers/server.ts'

/** What is measured. */
export interface Workload {
  readonly name: string
  readonly title: string
  /** Accounts that the server is to have. */
  readonly users: number
  /** Users who have each other in their rosters. */
  readonly groupOf: number
  /** Every message is to be found in the archive. */
  readonly archive: boolean
  /** What not every server has. */
  readonly needs?: Feature
  /** What is counted per second, and per 1,000. */
  readonly unit: string
  /** Time for all that is not measured: logging in, warming up, waiting for what is under way. */
  readonly limitMs: number
}

const MINUTE_MS = 60_000

const chat = { users: 200, groupOf: 0, unit: 'messages', limitMs: 2 * MINUTE_MS }
const storm = { users: 500, groupOf: 50, archive: false, limitMs: 2 * MINUTE_MS }
const reads = { users: 200, groupOf: 50, unit: 'answers', limitMs: 3 * MINUTE_MS }
const rooms = { users: 200, groupOf: 0, archive: false, needs: 'rooms', limitMs: 2 * MINUTE_MS } as const
const idle = { users: 5000, groupOf: 0, archive: false, unit: 'sessions', limitMs: 5 * MINUTE_MS }

/** A name with a dash is another part of the workload before the dash. */
export const WORKLOADS: readonly Workload[] = [
  { name: 'W1', title: 'chat, durable archive', archive: true, ...chat },
  { name: 'W2', title: 'chat, no archive', archive: false, ...chat },
  { name: 'W3', title: 'latency at 1,000 messages a second, durable archive', archive: true, ...chat },
  { name: 'W4', title: 'logins', users: 1000, groupOf: 0, archive: false, unit: 'logins', limitMs: MINUTE_MS },
  { name: 'W5', title: 'an idle session over TLS', ...idle },
  {
    name: 'W5-proxied',
    title: 'an idle session behind a TLS terminator, PROXY protocol v2',
    needs: 'proxied',
    ...idle,
  },
  { name: 'W5-ws', title: 'an idle session over WebSocket and TLS', ...idle },
  { name: 'W6', title: 'storm: 500 users in groups of 50 log in', unit: 'logins', ...storm },
  { name: 'W6-presence', title: 'storm: they change their presence', unit: 'presences', ...storm },
  { name: 'W7', title: 'rosters of 49 read', archive: false, ...reads },
  { name: 'W7-archive', title: 'archives read, a page of 50', archive: true, ...reads },
  { name: 'W8', title: 'room of 200, deliveries', unit: 'deliveries', ...rooms },
]

/** Whether these words name it: by its name, or by the part before the dash. */
export const isNamed = ({ name }: Pick<Workload, 'name'>, words: readonly string[]): boolean =>
  words.includes(name) || words.includes(name.split('-')[0] ?? '')
