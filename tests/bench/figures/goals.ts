import { table } from './markdown.ts'
import type { Row } from './rows.ts'
import { PEERS, shown, timesBetter } from './table.ts'

type Figure = 'per_second' | 'cpu_s_per_1000' | 'p99_ms' | 'kb_per_session'

/** A figure of ours, held against the same one of others. */
type Measure = (own: number, other: (server: string, form?: string) => number | undefined) => number | undefined

const ofPeers = (other: Parameters<Measure>[1]) => PEERS.flatMap((peer) => other(peer) ?? [])
const timesMore: Measure = (own, other) => timesBetter(own, ofPeers(other), true)
const timesLess: Measure = (own, other) => timesBetter(own, ofPeers(other), false)
const itself: Measure = (own) => own
const ratio = (a: number | undefined, b: number | undefined) => (a === undefined || b === undefined ? undefined : a / b)

/** What a row of ours is to reach. */
interface Goal {
  readonly workload: string
  readonly figure: Figure
  /** Of ours; `embedded` where nothing is said. */
  readonly form?: string
  readonly goal: string
  /** What is held against the bound, in which unit. */
  readonly measure: Measure
  readonly unit: string
  readonly least?: number
  readonly most?: number
  /** What a row that falls short is limited by, and what would move it. */
  readonly limit: string
}

const JAVASCRIPT =
  'JavaScript of the one process, nine tenths of the core in W2 and six tenths in W1, where PostgreSQL takes the rest; spread over 300 functions of ' +
  'which hardly one takes 2%, encryption a tenth of it, the collector another. It would move with fewer envelopes and promises for each message, and with work in a second thread.'
const LOGIN =
  'Each login is a full TLS handshake, SCRAM, binding, and a read of PostgreSQL, three where nobody of the account was there before. Of the core an eighth goes into the handshake, a tenth into the kernel, ' +
  'as much into PostgreSQL and into threads of V8; the rest is JavaScript and flat. ' +
  'Fewer reads, the roster with the account say, and a process for each core would move it.'

/** Against the better peer of the same table, on one core. */
export const GOALS: readonly Goal[] = [
  {
    workload: 'W1',
    figure: 'per_second',
    goal: '8 times the messages of the better peer',
    measure: timesMore,
    unit: '×',
    least: 8,
    limit: JAVASCRIPT,
  },
  {
    workload: 'W1',
    figure: 'cpu_s_per_1000',
    goal: 'a tenth of the CPU of the better peer',
    measure: timesLess,
    unit: '× less',
    least: 10,
    limit:
      'As above; PostgreSQL itself takes four tenths of it, for two rows of four indexes each and what is confirmed.',
  },
  {
    workload: 'W2',
    figure: 'per_second',
    goal: '4 times the messages of the better peer',
    measure: timesMore,
    unit: '×',
    least: 4,
    limit: JAVASCRIPT,
  },
  {
    workload: 'W2',
    figure: 'per_second',
    goal: 'the bare relay at most 3 times faster',
    measure: (own, other) => ratio(other('relay'), own),
    unit: '×',
    most: 3,
    limit: 'The relay neither parses nor routes, and what it gives is what the generator could take. As above.',
  },
  {
    workload: 'W3',
    figure: 'p99_ms',
    goal: 'p99 a fifth of the better peer',
    measure: timesLess,
    unit: '× less',
    least: 5,
    limit: 'As the next line has it.',
  },
  {
    workload: 'W3',
    figure: 'p99_ms',
    goal: 'p99 under 20 ms',
    measure: itself,
    unit: ' ms',
    most: 20,
    limit:
      'Half of all come within 10 ms. What is young is collected twice a second, 6 ms each time, and what came meanwhile is late; ' +
      'a collection of everything takes as long on the loop, and more of the core beside it. Less that lives for a second (what a client has not acknowledged) would move it.',
  },
  {
    workload: 'W4',
    figure: 'per_second',
    goal: '3 times the logins of the better peer',
    measure: timesMore,
    unit: '×',
    least: 3,
    limit: `${LOGIN} The generator needs more than half of its own core for it: with a third more the row would be invalid.`,
  },
  {
    workload: 'W5',
    figure: 'kb_per_session',
    goal: 'an idle TLS session in 55 KB',
    measure: itself,
    unit: ' KB',
    most: 55,
    limit:
      "The platform's TLS socket takes 47 to 49; a session is some 20 KB of live heap, and the rest is room of the heap that V8 does not give back: " +
      'a full collection of an idle process freed nothing of it for the system, and stood still for half a second.',
  },
  {
    workload: 'W5-proxied',
    figure: 'kb_per_session',
    goal: 'an idle session behind a TLS terminator in 15 KB',
    measure: itself,
    unit: ' KB',
    most: 15,
    limit:
      'A plain socket takes 6; a session is some 20 KB of live heap, 5 of it 29 maps and sets, most of them empty: 16 of them made only while something ' +
      'is in them did not show beyond the spread (W5 1 to 3 KB less, this one not). The rest is room of the heap, as in W5: half of it what is young has (`--max-semi-space-size`).',
  },
  {
    workload: 'W6',
    figure: 'per_second',
    goal: '4 times the logins of the better peer in a storm',
    measure: timesMore,
    unit: '×',
    least: 4,
    limit: `${LOGIN} With it go 49 presences each way.`,
  },
  {
    workload: 'W6-presence',
    figure: 'per_second',
    goal: '5 times the presences of the better peer',
    measure: timesMore,
    unit: '×',
    least: 5,
    limit: 'A presence is encrypted for and written to each of 49 sockets.',
  },
  ...['W1', 'W2'].map(
    (workload): Goal => ({
      workload,
      form: 'cluster',
      figure: 'cpu_s_per_1000',
      goal: 'the cluster form at most 2.5 times the CPU of the embedded one',
      measure: (own, other) => ratio(own, other('jabiru', 'embedded')),
      unit: '×',
      most: 2.5,
      limit:
        'NATS, Redis, and what is written and read again on the way between processes. A message that nobody keeps, as in W2, is acknowledged ' +
        'when the connection manager of its recipient has it: a way more. Gathering for 1 ms what goes out in several turns made it slower.',
    }),
  ),
]

/** Each goal with what was reached; one whose rows were not measured is left out. */
export function goalsTable(rows: readonly Row[]): string {
  const lines = GOALS.flatMap((goal) => {
    const { workload, figure, measure, unit, least = 0, most = Number.POSITIVE_INFINITY } = goal
    const find = (server: string, form?: string) =>
      rows.find((row) => row.workload === workload && row.server === server && (form ?? row.form) === row.form)?.[
        figure
      ]
    const own = find('jabiru', goal.form ?? 'embedded')
    const reached = own === undefined ? undefined : measure(own, find)
    if (reached === undefined) return []
    const isMet = reached >= least && reached <= most
    return [[workload, goal.goal, `${shown(reached)}${unit}`, isMet ? 'reached' : goal.limit]]
  })
  return table(['', 'goal', 'is', 'what limits it'], lines)
}
