import { table } from '../figures/markdown.ts'
import { MOST_GENERATOR } from '../figures/rows.ts'
import { shown } from '../figures/table.ts'
import { GROUP, NEAR } from './accounts.ts'
import type { PartName } from './cases.ts'
import { CLUSTER, NAMES } from './cells.ts'
import { RATE } from './load/chat.ts'
import { mapTable } from './map-table.ts'
import { cpuMsOf, kindMsOf, type Phase, total } from './phase.ts'
import { planTable, unitsTable } from './plan-table.ts'
import { type Growth, phaseOf } from './results.ts'
import type { GrowthRow } from './row.ts'
import { unitsOf } from './units.ts'

/** A table under its title. */
interface Section {
  readonly title: string
  /** What its figures are. */
  readonly says: string
  readonly table: string
}

/** In what way a phase's figure is told; empty where there is no such phase. */
const told = (phase: Phase | undefined, of: (phase: Phase) => number | undefined): string =>
  phase === undefined ? '' : shown(of(phase))

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
