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
  /** What is counted per second, and per 1,000. */
  readonly unit: string
  /** Time for all that is not measured: logging in, warming up, waiting for what is under way. */
  readonly limitMs: number
}

const MINUTE_MS = 60_000

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'W1',
    title: 'chat, durable archive',
    users: 200,
    groupOf: 0,
    archive: true,
    unit: 'messages',
    limitMs: MINUTE_MS,
  },
  {
    name: 'W2',
    title: 'chat, no archive',
    users: 200,
    groupOf: 0,
    archive: false,
    unit: 'messages',
    limitMs: MINUTE_MS,
  },
  {
    name: 'W3',
    title: 'latency at 1,000 messages a second, durable archive',
    users: 200,
    groupOf: 0,
    archive: true,
    unit: 'messages',
    limitMs: MINUTE_MS,
  },
]
