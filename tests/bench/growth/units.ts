import { type ByKind, KINDS, kindMsOf, type Phase } from './phase.ts'
import { type Growth, phaseOf } from './results.ts'

/** What something costs each time. */
export interface Cost {
  readonly cpu_ms: ByKind
  /** Messages that come to NATS, and the bytes of them. */
  readonly nats: number
  readonly nats_bytes: number
  readonly redis: number
}

/** Costs of what users do, and of their being there, in a cluster. */
export interface Units {
  /** A message from one user to another, archived for both. */
  readonly message: Cost
  readonly login: Cost
  /** A change of presence, for each contact who sees it. */
  readonly presence: Cost
  /** A session that says nothing. */
  readonly session: { readonly kb: ByKind; readonly redis_bytes: number; readonly cpu_ms_a_second: ByKind }
  readonly archive: { readonly rows: number; readonly bytes_a_row: number; readonly wal_bytes: number }
}

/** The cluster whose costs are taken: two processes of each kind. */
const CLUSTER = { managers: 2, services: 2 }

/** The kernel counts hundredths of a second, for each process, and engines tidy up at times: less than this is nothing. */
const LEAST_S = 0.1

/** The costs that rows tell; undefined where one of them is missing or does not count. */
export function unitsOf(growth: Growth, presencesSeenByEach: number): Units | undefined {
  const rows = growth.rows.filter(({ faults }) => faults.length === 0)
  const nodes = rows.find(
    ({ part, of }) => part === 'nodes' && of['managers'] === CLUSTER.managers && of['services'] === CLUSTER.services,
  )
  const sessions = rows.find(({ part }) => part === 'sessions')
  const message = nodes && phaseOf(nodes, 'paced')
  const named = (name: string) => sessions && phaseOf(sessions, name)
  const [login, presence] = [named('logins'), named('presence')]
  const [few, many] = [named('idle few'), named('idle many')]
  if (!message || !login || !presence || !few || !many) return undefined
  const rowsWritten = message.counts.archive_rows ?? 0
  return {
    message: costOf(message, message.count),
    login: costOf(login, login.count),
    presence: costOf(presence, presence.count * presencesSeenByEach),
    session: {
      // Once V8 has collected everything, a process can be smaller than before they came.
      kb: eachOf(login.memory_kb, login.count),
      redis_bytes: (login.counts.redis_bytes ?? 0) / login.count,
      cpu_ms_a_second: byKind((kind) => grown(few, many, kind) / login.count),
    },
    archive: {
      rows: rowsWritten / message.count,
      bytes_a_row: (message.counts.archive_bytes ?? 0) / rowsWritten,
      wal_bytes: (message.counts.wal_bytes ?? 0) / message.count,
    },
  }
}

const byKind = (of: (kind: (typeof KINDS)[number]) => number): ByKind =>
  Object.fromEntries(KINDS.map((kind) => [kind, of(kind)]).filter(([, value]) => value !== 0))

const eachOf = (all: ByKind, count: number) => byKind((kind) => Math.max(0, all[kind] ?? 0) / count)

const perSecond = ({ cpu, seconds }: Phase, kind: (typeof KINDS)[number]) => ((cpu[kind] ?? 0) * 1000) / seconds

function grown(few: Phase, many: Phase, kind: (typeof KINDS)[number]): number {
  const found = perSecond(many, kind) - perSecond(few, kind)
  return found * many.seconds < LEAST_S * 1000 ? 0 : found
}

function costOf(phase: Phase, count: number): Cost {
  const { nats_in = 0, nats_bytes = 0, redis_commands = 0 } = phase.counts
  return {
    cpu_ms: byKind((kind) => kindMsOf({ ...phase, count }, kind)),
    nats: nats_in / count,
    nats_bytes: nats_bytes / count,
    redis: redis_commands / count,
  }
}
