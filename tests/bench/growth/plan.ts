import type { Kind } from './phase.ts'
import type { Cost, Units } from './units.ts'

/** What users are like, and how full machines may be. */
export interface Assumptions {
  readonly connected: number
  /** Of each connected user, a day. */
  readonly messages: number
  readonly logins: number
  readonly presences: number
  /** Contacts who are connected and see a change of presence. */
  readonly seen_by: number
  /** The busiest hour, as a multiple of the mean. */
  readonly peak: number
  /** Share of a core that is used in that hour. */
  readonly busy: number
  /** Sessions of one connection manager. */
  readonly sessions_a_manager: number
}

export const TEN_MILLION: Assumptions = {
  connected: 10_000_000,
  messages: 40,
  logins: 4,
  presences: 8,
  seen_by: 20,
  peak: 3,
  busy: 0.6,
  sessions_a_manager: 20_000,
}

/** What is needed of a part at the busiest hour. */
export interface Need {
  readonly part: Kind
  readonly cores: number
  readonly processes?: number
  readonly memory_gb?: number
  /** What goes through it, by name. */
  readonly flows: Readonly<Record<string, number>>
}

const DAY_S = 86_400
const [KB, GB, MB] = [1e3, 1e9, 1e6]

/** What so many users need of each part. */
export function planOf(units: Units, assumed: Assumptions): readonly Need[] {
  const { connected, peak, busy, sessions_a_manager } = assumed
  const { message, login, presence, session, archive } = units
  const atPeak = (aDay: number) => (connected * aDay * peak) / DAY_S
  const messages = atPeak(assumed.messages)
  const deeds: readonly (readonly [rate: number, cost: Cost])[] = [
    [messages, message],
    [atPeak(assumed.logins), login],
    [atPeak(assumed.presences * assumed.seen_by), presence],
  ]
  const sum = (of: (cost: Cost) => number) => deeds.reduce((all, [rate, cost]) => all + rate * of(cost), 0)
  const cores = (kind: Kind) => {
    const idle = connected * (session.cpu_ms_a_second[kind] ?? 0)
    return (sum(({ cpu_ms }) => cpu_ms[kind] ?? 0) + idle) / 1000 / busy
  }
  const memory = (kind: Kind) => (connected * (session.kb[kind] ?? 0) * KB) / GB
  const managers = Math.max(connected / sessions_a_manager, cores('managers'))
  return [
    {
      part: 'managers',
      cores: cores('managers'),
      processes: Math.ceil(managers),
      memory_gb: memory('managers'),
      flows: { 'logins/s': atPeak(assumed.logins), 'messages/s': messages },
    },
    {
      part: 'services',
      cores: cores('services'),
      processes: Math.ceil(cores('services')),
      memory_gb: memory('services'),
      flows: { 'messages/s': messages, 'presences seen/s': atPeak(assumed.presences * assumed.seen_by) },
    },
    {
      part: 'nats',
      cores: cores('nats'),
      flows: { 'messages/s': sum(({ nats }) => nats), 'MB/s': sum(({ nats_bytes }) => nats_bytes) / MB },
    },
    {
      part: 'redis',
      cores: cores('redis'),
      memory_gb: (connected * session.redis_bytes) / GB,
      flows: { 'commands/s': sum(({ redis }) => redis) },
    },
    {
      part: 'postgres',
      cores: cores('postgres'),
      flows: {
        'rows/s': messages * archive.rows,
        'MB written ahead/s': (messages * archive.wal_bytes) / MB,
        'GB a day': (connected * assumed.messages * archive.rows * archive.bytes_a_row) / GB,
      },
    },
  ]
}
