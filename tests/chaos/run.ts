import { setTimeout as sleep } from 'node:timers/promises'
import { type Random, randomOf } from '@jabiru/testkit/random'
import { Book } from './book.ts'
import { ABSENT, castOf, type Habit } from './cast.ts'
import { Client } from './client.ts'
import { failpointFaults } from './failpoint-faults.ts'
import { type Fault, strikeFor } from './faults.ts'
import { PASSWORD } from './link.ts'
import { endure, type OutageReport } from './outages/endure.ts'
import type { Outage } from './outages/outage.ts'
import { befriend, lastLogins, lastPresence, seenToGo, settle } from './settling.ts'
import { type Soaked, soakedLine, soakedOf, watchMemory } from './soak.ts'
import { type Carriage, carrying } from './splicing/carry.ts'
import { FAILPOINTS, type Failpoint } from './splicing/failpoints.ts'
import { type Form, type Stage, startStage } from './stage.ts'
import { makeTraffic } from './traffic.ts'
import { judge, type Verdict } from './verdict.ts'

/** What is done. */
export interface Options {
  readonly seed: number
  readonly ms: number
  readonly clients: number
  readonly form: Form
  /** Which of the faults there are; all unless given. */
  readonly wants?: (fault: Fault) => boolean
  /** What the bus does for as long as clients write. */
  readonly carriage?: Carriage | undefined
  /** Points at which processes stop, each with the time it is reached; all, at any time, unless given. */
  readonly failpoints?: ReadonlyMap<string, number | undefined>
  /** Processes are started as an operator starts them; what can happen to them from outside is all that happens. */
  readonly plain?: boolean
  /** How often the memory of the processes is looked at; never unless given. */
  readonly soakMs?: number | undefined
  /** What all clients do at times, in place of what those of their kinds do. */
  readonly habits?: readonly Habit[] | undefined
  /** In place of all faults. */
  readonly outage?: Outage | undefined
  /** Rules that the server breaks. */
  readonly mutations?: readonly string[]
  /** Told how it goes. */
  readonly tell: (line: string) => void
}

/** What came of it. */
export interface Outcome extends Verdict {
  readonly seed: number
  readonly faults: readonly string[]
  readonly outage?: OutageReport | undefined
  /** How memory went, where it was looked at. */
  readonly soaked?: readonly Soaked[] | undefined
  /** Of all partitions that one process handed over to another. */
  readonly longestHandOverMs: number
  /** What the server told of as faults of its own while everything around it failed; they are no verdict. */
  readonly serverErrors: readonly string[]
}

/** What is to be measured begins when everybody's coming is over and the code is compiled. */
const WARM_UP_MS = 15_000

const ALL: NonNullable<Options['failpoints']> = new Map(FAILPOINTS.map(({ name }) => [name, undefined]))

/** Starts a server, lets clients live on it while it suffers, lets it heal, and judges. */
export async function run(options: Options): Promise<Outcome> {
  const { seed, clients: count, form, outage, plain = false, mutations = [], tell } = options
  const failpoints = plain ? new Map<string, undefined>() : (options.failpoints ?? ALL)
  await using stage = await startStage({
    form,
    splices: plain ? undefined : [...failpoints.keys(), ...mutations],
    outage,
  })
  const book = new Book()
  const cast = castOf(count).map((part) => ({ ...part, habits: options.habits ?? part.habits }))
  const accounts = [...new Set(cast.map(({ account }) => account)), ...ABSENT]
  for (const account of accounts) await stage.house().addUser(account, PASSWORD)
  const setting = { house: stage.house, book, random: randomOf(seed + 1) }
  const clients = cast.map((part) => new Client({ ...setting, part }))
  for (const client of clients) client.begin()
  await befriend(clients).catch((fault: unknown) => {
    tell(stage.house().said())
    throw fault
  })
  tell(`${count} clients of ${accounts.length} accounts are online`)
  book.measures()

  const suffering = () => suffer(stage, clients, { ...options, failpoints, book })
  const { carriage } = options
  const {
    faults,
    report,
    soaked,
    gentle = false,
  } = await (carriage ? carrying(stage.arming.folder, carriage, suffering) : suffering())
  const stuck = await settle(clients)
  for (const one of stuck) tell(one)
  const wrong = await lastPresence(clients)
  if (gentle) book.seenToGo = seenToGo(clients)
  await Promise.all(clients.map((client) => client.ends()))
  tell('everybody has left; each account logs in once more')
  const shut = await lastLogins(accounts, setting)
  if (stuck.length + shut.length > 0) tell(stage.house().said())
  const serverErrors = stage.house().faults()
  const verdict = judge(book, await stage.rows(), wrong, [...stuck, ...shut])
  const longestHandOverMs = Math.max(0, ...(stage.handOvers?.() ?? []))
  return { seed, faults, ...verdict, outage: report, soaked, longestHandOverMs, serverErrors }
}

type Suffering = Options & { readonly failpoints: NonNullable<Options['failpoints']>; readonly book: Book }

interface Suffered {
  /** What struck. */
  readonly faults: readonly string[]
  readonly report?: OutageReport
  readonly soaked?: readonly Soaked[]
  /** Nothing but planned restarts. */
  readonly gentle?: boolean
}

/** Everybody writes, and the server suffers what it is to suffer. */
async function suffer(stage: Stage, clients: readonly Client[], options: Suffering): Promise<Suffered> {
  const quit = new AbortController()
  // Only there the database is made to refuse rows.
  const unstorable = options.form === 'grouped' ? UNSTORABLE_SHARE : 0
  const traffic = makeTraffic(clients, { random: randomOf(options.seed + 2), unstorable, quit: quit.signal })
  const suffered = await (options.outage ? outlast(stage, options.outage, clients, options) : strike(stage, options))
  quit.abort()
  await traffic
  return suffered
}

async function outlast(
  { ground }: Stage,
  outage: Outage,
  clients: readonly Client[],
  options: Suffering,
): Promise<Suffered> {
  if (ground === undefined) throw new TypeError('outages strike what is grouped')
  const { seed, ms, book, tell } = options
  const cast = clients.map(({ part }) => part)
  const report = await endure({ ...outage, lastsMs: ms }, { ...ground, random: randomOf(seed) }, book, cast)
  const line = [outage.name, report.what].filter(Boolean).join(': ')
  tell(line)
  return { faults: [line], report }
}

async function strike(stage: Stage, options: Suffering): Promise<Suffered> {
  const random = randomOf(options.seed)
  const { wants = () => true } = options
  const faults = faultsOf(stage, options, random).filter(wants)
  const told: string[] = []
  await sleep(options.plain ? WARM_UP_MS : 1000)
  options.book.measures()
  options.book.began = performance.now()
  const quit = new AbortController()
  const members = stage.ground?.cluster.members() ?? []
  const { soakMs } = options
  const watching = soakMs === undefined ? undefined : watchMemory(members, { everyMs: soakMs, quit: quit.signal })
  await strikeFor(options.ms, faults, random, (line) => {
    told.push(line)
    options.tell(line)
  })
  quit.abort()
  const soaked = watching && soakedOf(await watching)
  for (const one of soaked ?? []) options.tell(soakedLine(one))
  await sleep(2000)
  return { faults: told, gentle: faults.every(({ kind }) => kind === 'roll'), ...(soaked && { soaked }) }
}

/** Of all messages. */
const UNSTORABLE_SHARE = 0.01

/** Processes stop at any of so many times. */
const hitsOf = ({ rare }: Failpoint): readonly [number, number] => (rare === true ? [1, 2] : [1, 12])

function faultsOf(stage: Stage, { failpoints }: Suffering, random: Random): readonly Fault[] {
  const points = FAILPOINTS.filter(({ name }) => failpoints.has(name))
  const setting = {
    ...stage,
    folder: stage.arming.folder,
    hits: (point: Failpoint) => failpoints.get(point.name) ?? random.int(...hitsOf(point)),
  }
  return [...stage.faults, ...failpointFaults(points, stage.faults, setting)]
}
