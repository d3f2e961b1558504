import { MOST_GENERATOR } from '../figures/rows.ts'
import { shown } from '../figures/table.ts'
import { GROUP, NEAR } from './accounts.ts'
import type { PartName } from './cases.ts'
import { RATE } from './load/chat.ts'
import type { Evenness, MapFigures } from './map.ts'
import { type ByKind, cpuMsOf, type Kind, kindMsOf, type Phase, total } from './phase.ts'
import { type Need, planOf, TEN_MILLION } from './plan.ts'
import { type Growth, phaseOf } from './results.ts'
import type { GrowthRow } from './row.ts'
import { type Cost, type Units, unitsOf } from './units.ts'

/** A table under its title. */
interface Section {
  readonly title: string
  /** What its figures are. */
  readonly says: string
  readonly table: string
}

type Cells = readonly (string | undefined)[]

function table(head: readonly string[], lines: readonly Cells[]): string {
  return [head, head.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.map((cell = '') => cell.replaceAll('|', '/')).join(' | ')} |`)
    .join('\n')
}

/** In what way a phase's figure is told; empty where there is no such phase. */
const told = (phase: Phase | undefined, of: (phase: Phase) => number | undefined): string =>
  phase === undefined ? '' : shown(of(phase))

const ENGINES: readonly Kind[] = ['nats', 'redis', 'postgres']
const CLUSTER: readonly Kind[] = ['managers', 'services', ...ENGINES]
const NAMES: Readonly<Record<Kind, string>> = {
  managers: 'connection managers',
  services: 'services',
  server: 'server',
  nats: 'NATS',
  redis: 'Redis',
  postgres: 'PostgreSQL',
  other: 'other',
}

const rate = ({ count, seconds }: Phase) => count / seconds
const remark = ({ phases, faults }: GrowthRow): string => {
  if (faults.length > 0) return `FAILED: ${faults[0]}`
  return phases.some(({ generator }) => generator > MOST_GENERATOR) ? 'invalid: the generator was the limit' : ''
}

/** A rate that was not held is no rate at which to compare. */
const notHeld = (row: GrowthRow) => {
  const paced = phaseOf(row, 'paced')
  return paced !== undefined && rate(paced) < RATE * 0.97 ? `${RATE} a second were not held` : ''
}

const nodesTable = (rows: readonly GrowthRow[]) =>
  table(
    [
      'connection managers',
      'services',
      'messages/s',
      'CPU-ms a message',
      `CPU-ms a message at ${RATE}/s`,
      ...CLUSTER.map((kind) => `${NAMES[kind]} of it`),
      'quiet: CPU-ms a second',
      'quiet: messages/s in NATS',
      '',
    ],
    rows.map((row) => {
      const [full, paced, idle] = [phaseOf(row, 'full'), phaseOf(row, 'paced'), phaseOf(row, 'idle')]
      return [
        ...[row.of['managers'], row.of['services']].map(String),
        told(full, rate),
        told(full, cpuMsOf),
        told(paced, cpuMsOf),
        ...CLUSTER.map((kind) => told(paced, (phase) => kindMsOf(phase, kind))),
        told(idle, ({ cpu, seconds }) => (total(cpu) * 1000) / seconds),
        told(idle, ({ counts, seconds }) => (counts.nats_in ?? 0) / seconds),
        [remark(row), notHeld(row)].filter(Boolean).join('; '),
      ]
    }),
  )

const costLine = (name: string, { cpu_ms, nats, nats_bytes, redis }: Cost): Cells => [
  name,
  shown(total(cpu_ms)),
  ...CLUSTER.map((kind) => shown(cpu_ms[kind] ?? 0)),
  shown(nats),
  shown(nats_bytes / 1000),
  shown(redis),
]

function unitsTable({ message, login, presence, session, archive }: Units): string {
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

const rostersTable = (rows: readonly GrowthRow[]) =>
  table(
    [
      'contacts',
      `CPU-ms a change, ${NEAR} connected`,
      'CPU-ms a change, all connected',
      'for each who sees it',
      'CPU-ms a message',
      '',
    ],
    rows.map((row) => [
      shown(row.of['contacts']),
      told(phaseOf(row, 'few'), cpuMsOf),
      told(phaseOf(row, 'all'), cpuMsOf),
      told(phaseOf(row, 'all'), (phase) => cpuMsOf(phase) / (row.of['contacts'] ?? 1)),
      told(phaseOf(row, 'chat'), cpuMsOf),
      remark(row),
    ]),
  )

const resourcesTable = (rows: readonly GrowthRow[]) =>
  table(
    ['resources', 'messages/s', 'CPU-ms a message', 'CPU-ms a delivery', ''],
    rows.map((row) => {
      const chat = phaseOf(row, 'chat')
      return [
        shown(row.of['resources']),
        told(chat, rate),
        told(chat, cpuMsOf),
        told(chat, (phase) => cpuMsOf(phase) / (row.of['resources'] ?? 1)),
        remark(row),
      ]
    }),
  )

const archiveTable = (rows: readonly GrowthRow[]) =>
  table(
    [
      'rows before',
      'messages/s',
      'CPU-ms a message',
      'PostgreSQL of it',
      'pages/s',
      'CPU-ms a page',
      'PostgreSQL of it',
      '',
    ],
    rows.map((row) => [
      shown(row.of['rows']),
      ...['chat', 'pages'].flatMap((name) => {
        const phase = phaseOf(row, name)
        return [told(phase, rate), told(phase, cpuMsOf), told(phase, (one) => kindMsOf(one, 'postgres'))]
      }),
      remark(row),
    ]),
  )

const even = ({ least, median, most, most_of_mean }: Evenness): Cells =>
  [least, median, most].map(shown).concat(most_of_mean.toFixed(3))

const percent = (part: number) => `${(part * 100).toFixed(1)}%`

function mapTable({ accounts, per_partition, members, lookup_ns }: MapFigures): string {
  const [least, median, most, ratio] = even(per_partition)
  const lines = members.map(({ members: n, partitions, accounts: each, moved_by_join, moved_by_leave, rounds }) => [
    String(n),
    `${partitions.least}–${partitions.most}`,
    ...even(each),
    percent(moved_by_join),
    percent(moved_by_leave),
    percent(1 / (n + 1)),
    String(rounds),
  ])
  return `${shown(accounts)} accounts: a partition has ${least} to ${most}, median ${median}, at most ${ratio} of the mean. A lookup takes ${shown(lookup_ns)} ns of CPU.

${table(['members', 'partitions each', 'accounts: least', 'median', 'most', 'most/mean', 'moved when one joins', 'when it leaves', '1/(n+1)', 'looks'], lines)}`
}

function planTable(units: Units): string {
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

/** Each part's table, of the parts that there are. */
const OF_ROWS: readonly (readonly [PartName, Omit<Section, 'table'>, (rows: readonly GrowthRow[]) => string])[] = [
  [
    'nodes',
    {
      title: 'More processes',
      says: `200 users chat through a cluster, every message archived: as much as it takes, then ${RATE} messages a second, whose cost can be compared, and before that nothing.`,
    },
    nodesTable,
  ],
  [
    'rosters',
    {
      title: 'Longer rosters',
      says: 'One process on PostgreSQL. 20 users share their contacts, change their presence and write to each other.',
    },
    rostersTable,
  ],
  [
    'resources',
    {
      title: 'More resources',
      says: 'One process on PostgreSQL. Messages to a bare address, whose every resource gets them.',
    },
    resourcesTable,
  ],
  [
    'archive',
    {
      title: 'Longer archives',
      says: 'One process on PostgreSQL. 40 users, whose archives have so many rows together, write; then they read pages of 50 from anywhere in them.',
    },
    archiveTable,
  ],
]

/** All tables, as they stand in the page. */
export function sectionsOf(growth: Growth): readonly Section[] {
  const tables = OF_ROWS.flatMap(([part, named, show]) => {
    const rows = growth.rows.filter((row) => row.part === part)
    return rows.length === 0 ? [] : [{ ...named, table: show(rows) }]
  })
  const map = growth.map && {
    title: 'The partition map',
    says: 'By simulation, with the hash and the plan of the leases that the server uses.',
    table: mapTable(growth.map),
  }
  const units = unitsOf(growth, GROUP - 1)
  const ofUnits = units && [
    {
      title: 'Costs in a cluster',
      says: `Two processes of each kind. A message at ${RATE}/s; presences among 200 users in groups of ${GROUP}.`,
      table: unitsTable(units),
    },
    { title: 'Ten million users', says: 'Computed from the costs above.', table: planTable(units) },
  ]
  const sessions = growth.rows.filter(({ part }) => part === 'sessions')
  const why = [
    ...sessions.map(remark),
    'Two processes of each kind and the sessions must both have been measured, without a fault.',
  ]
  const instead = { title: 'Ten million users', says: 'Not computed.', table: why.filter(Boolean).join('\n\n') }
  return [...tables, ...(map ? [map] : []), ...(ofUnits ?? (growth.rows.length > 0 ? [instead] : []))]
}

/** Everything, under headings of this level. */
export const tablesOf = (growth: Growth, heading: string): string =>
  sectionsOf(growth)
    .map(({ title, says, table: shows }) => `${heading} ${title}\n\n${says}\n\n${shows}`)
    .join('\n\n')

/** What a case gave, as it comes. */
export function rowLine({ part, of, phases, faults }: GrowthRow): string {
  const named = Object.entries(of).map(([name, value]) => `${value} ${name}`)
  const each = phases.map((phase) => {
    const cost = phase.count > 0 ? ` ${shown(cpuMsOf(phase))} ms` : ''
    return `${phase.name}: ${shown(rate(phase))}/s${cost} (generator ${Math.round(phase.generator * 100)}%)`
  })
  return [`${part}, ${named.join(', ')}:`, ...each, ...faults.map((fault) => `FAULT: ${fault}`)].join('  ')
}
