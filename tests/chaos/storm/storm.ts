import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, startCluster } from '@jabiru/testkit'
import { randomOf } from '@jabiru/testkit/random'
import { Book } from '../book.ts'
import type { Part } from '../cast.ts'
import { Client } from '../client.ts'
import { PASSWORD } from '../link.ts'
import { until } from '../settling.ts'
import { mostWithin } from '../verdict.ts'
import { startBystanders } from './bystanders.ts'
import type { Figures } from './figures.ts'

/** What is done. */
export interface StormOptions {
  readonly seed: number
  readonly sessions: number
  /** Logins that a connection manager lets begin within a second; its own default unless given. */
  readonly rate?: number | undefined
  readonly tell: (line: string) => void
}

/** What came of it. */
export interface StormReport extends Figures {
  readonly sessions: number
  /** From the death of their connection manager until the last had its session again. */
  readonly recovered_s: number
  readonly resumed: number
  /** Had to log in anew. */
  readonly refused: number
  readonly resumed_per_second: number
  readonly resumed_in_best_second: number
  /** Processor time for each session: of the connection manager they come to, of all cores, of this process, which plays them. */
  readonly edge_cpu_ms_each: number
  readonly cores_cpu_ms_each: number
  readonly clients_cpu_ms_each: number
}

/** Devices of one account. */
const DEVICES = 4
const BYSTANDERS = 20
/** Of the kernel's clock, in a second. */
const TICKS = 100
const BEFORE_MS = 5_000
/** Longer than anybody should wait. */
const ALL_BACK_MS = 120_000
const PATIENCE_MS = 60_000
const AT_ONCE = 50

/** All come from one address here. */
const OPEN_DOORS = {
  JABIRU_LIMITS_CONNECTIONS_PER_ADDRESS: '100000',
  JABIRU_LIMITS_ATTEMPTS_PER_MINUTE: '1000000',
}

/** A connection manager with all these sessions dies, and they go on at the other, where others write to each other. */
export async function storm({ seed, sessions, rate, tell }: StormOptions): Promise<StormReport> {
  await using open = new AsyncDisposableStack()
  const cluster = await startCluster({ grouping: 'grouped', env: { ...OPEN_DOORS, ...rateOf(rate) } })
  open.defer(() => cluster.stop())
  const book = new Book()
  const setting = { house: () => cluster, book, random: randomOf(seed), patienceMs: PATIENCE_MS }
  const crowd = partsOf(sessions).map((part) => new Client({ ...setting, part }))
  const accounts = Array.from({ length: BYSTANDERS }, (_, n) => `b${n}`)
  for (const account of [...new Set(crowd.map(({ part }) => part.account)), ...accounts])
    await cluster.addUser(account, PASSWORD)
  const cameAt = performance.now()
  await online(crowd)
  const house = { domain: cluster.domain, c2s: [cluster.member('edge', 1).place], ca: cluster.ca }
  const bystanders = open.use(await startBystanders({ house, accounts, password: PASSWORD }))
  tell(`${crowd.length + BYSTANDERS} clients are online after ${seconds(performance.now() - cameAt)} s`)

  await bystanders.talk()
  await sleep(BEFORE_MS)
  book.measures()
  const before = await cpuOfAll(cluster)
  await bystanders.mark()
  const began = performance.now()
  await cluster.member('edge', 0).kill()
  await until(() => crowd.every((client) => !client.isOnline), ALL_BACK_MS)
  const isBack = await until(() => crowd.every((client) => client.isOnline), ALL_BACK_MS)
  const ended = performance.now()
  const after = await cpuOfAll(cluster)
  if (!isBack) throw new Error(lackOf(crowd))
  const figures = await bystanders.end()
  await Promise.all(crowd.map((client) => client.ends()))
  const last = Math.max(began, ...book.resumedAt)
  return {
    sessions,
    recovered_s: seconds(ended - began),
    resumed: book.resumedAt.length,
    refused: book.refused,
    resumed_per_second: Math.round((book.resumedAt.length / (last - began)) * 1000),
    resumed_in_best_second: mostWithin(book.resumedAt, 1000),
    ...figures,
    edge_cpu_ms_each: Math.round(((after.edge - before.edge) * 1000) / sessions),
    cores_cpu_ms_each: Math.round(((after.cores - before.cores) * 1000) / sessions),
    clients_cpu_ms_each: Math.round(((after.clients - before.clients) * 1000) / sessions),
  }
}

const rateOf = (rate: number | undefined) =>
  rate === undefined ? {} : { JABIRU_LIMITS_LOGINS_PER_SECOND: String(rate) }

/** Processor time that a process has had, in seconds; `self` is this one, which plays the clients. */
async function cpuOf(pid: number | 'self' | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 1).split(' ')
  return (Number(user) + Number(system)) / TICKS
}

async function cpuOfAll(cluster: Cluster) {
  const sum = async (group: string) => {
    const members = cluster.members().filter(({ name, isGone }) => name.startsWith(group) && !isGone)
    const each = await Promise.all(members.map(({ pid }) => cpuOf(pid)))
    return each.reduce((a, b) => a + b, 0)
  }
  return { edge: await cpuOf(cluster.member('edge', 1).pid), cores: await sum('core'), clients: await cpuOf('self') }
}

function partsOf(sessions: number): readonly Part[] {
  return Array.from({ length: sessions }, (_, n) => {
    const account = `s${Math.floor(n / DEVICES)}`
    return { client: `s${n}`, account, manages: true, priority: 0, habits: [], friends: [], server: 0 }
  })
}

/** They come one after another: this is no storm yet. */
async function online(clients: readonly Client[]): Promise<void> {
  for (let first = 0; first < clients.length; first += AT_ONCE) {
    const some = clients.slice(first, first + AT_ONCE)
    for (const client of some) client.begin()
    await until(() => some.every((client) => client.isOnline), ALL_BACK_MS)
  }
  if (await until(() => clients.every((client) => client.isOnline), ALL_BACK_MS)) return
  throw new Error(lackOf(clients))
}

function lackOf(clients: readonly Client[]): string {
  const not = clients.filter((client) => !client.isOnline)
  return `${not.length} are not online; of the first, ${not[0]?.state ?? 'nothing'}`
}

const seconds = (ms: number): number => Math.round(ms / 10) / 100
