import { type Cells, table } from '../figures/markdown.ts'
import { shown } from '../figures/table.ts'
import { CLUSTER, NAMES } from './cells.ts'
import { type ByKind, type Kind, total } from './phase.ts'
import { type Need, planOf, TEN_MILLION } from './plan.ts'
import type { Cost, Units } from './units.ts'

const costLine = (name: string, { cpu_ms, nats, nats_bytes, redis }: Cost): Cells => [
  name,
  shown(total(cpu_ms)),
  ...CLUSTER.map((kind) => shown(cpu_ms[kind] ?? 0)),
  shown(nats),
  shown(nats_bytes / 1000),
  shown(redis),
]

/** What each deed and each session costs. */
export function unitsTable({ message, login, presence, session, archive }: Units): string {
  const costs = table(
    [
      '',
      'CPU-ms',
      ...CLUSTER.map((kind) => `${NAMES[kind]} of it`),
      'messages in NATS',
      'KB in NATS',
      'Redis commands, those in scripts too',
    ],
    [costLine('a message', message), costLine('a login', login), costLine('a presence seen', presence)],
  )
  const held = (each: ByKind, kind: Kind) => shown(each[kind] ?? 0)
  const quiet = total(session.cpu_ms_a_second) * 3600
  const kept = [
    `A session holds ${held(session.kb, 'managers')} KB of a connection manager, ${held(session.kb, 'services')} KB of services and`,
    `${shown(session.redis_bytes)} bytes of Redis; quiet, it takes ${quiet === 0 ? 'less CPU than can be seen' : `${shown(quiet)} CPU-ms an hour`}.`,
    `A message is ${shown(archive.rows)} rows in PostgreSQL, ${shown(archive.bytes_a_row)} bytes each with their indexes,`,
    `and ${shown(archive.wal_bytes)} bytes written ahead.`,
  ]
  return `${costs}\n\n${kept.join(' ')}`
}

/** What ten million users need. */
export function planTable(units: Units): string {
  const line = ({ part, cores, processes, memory_gb, flows }: Need): Cells => [
    NAMES[part],
    shown(cores),
    processes === undefined ? '' : shown(processes),
    shown(memory_gb),
    Object.entries(flows)
      .map(([name, value]) => `${shown(value)} ${name}`)
      .join(', '),
  ]
  const { connected, messages, logins, presences, seen_by, peak, busy, sessions_a_manager } = TEN_MILLION
  return `${shown(connected)} connected users. Each sends ${messages} messages, logs in ${logins} times and changes presence ${presences} times a day, each change seen by ${seen_by}; the busiest hour has ${peak} times the mean; cores are ${busy * 100}% used then; a connection manager has at most ${shown(sessions_a_manager)} sessions.

${table(['part', 'cores', 'processes', 'memory GB', 'goes through it'], planOf(units, TEN_MILLION).map(line))}`
}
