import { setTimeout as sleep } from 'node:timers/promises'
import { type Random, randomOf } from '../stories/random.ts'
import { Book } from './book.ts'
import { castOf } from './cast.ts'
import { Client } from './client.ts'
import { type Fault, strikeFor } from './faults.ts'
import { PASSWORD } from './link.ts'
import { befriend, lastLogins, lastPresence, settle } from './settling.ts'
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
  /** Told how it goes. */
  readonly tell: (line: string) => void
}

/** What came of it. */
export interface Outcome extends Verdict {
  readonly seed: number
  readonly form: Form
  readonly clients: number
  readonly faults: readonly string[]
  /** Faults of its own that the server told of while everything around it failed; they are no verdict. */
  readonly server_errors: number
}

/** Starts a server, lets clients live on it while it suffers, lets it heal, and judges. */
export async function run(options: Options): Promise<Outcome> {
  const { seed, clients: count, form, tell } = options
  await using stage = await startStage(form)
  const book = new Book()
  const random = randomOf(seed)
  const cast = castOf(count)
  const accounts = [...new Set(cast.map(({ account }) => account))]
  for (const account of accounts) await stage.house().addUser(account, PASSWORD)
  const setting = { house: stage.house, book, random: randomOf(seed + 1) }
  const clients = cast.map((part) => new Client({ ...setting, part }))
  for (const client of clients) client.begin()
  await befriend(clients)
  tell(`${count} clients of ${accounts.length} accounts are online`)

  const faults = await suffer(stage, clients, random, options)
  const stuck = await settle(clients)
  const wrong = await lastPresence(clients)
  for (const client of clients) await client.ends()
  tell('everybody has left; each account logs in once more')
  const shut = await lastLogins(accounts, setting)
  if (stuck.length + shut.length > 0) tell(stage.house().said())
  const errors = stage.house().faults()
  const verdict = judge(book, await stage.rows(), wrong, [...stuck, ...shut])
  return { seed, form, clients: count, faults, ...verdict, server_errors: errors.length }
}

async function suffer(stage: Stage, clients: readonly Client[], random: Random, options: Options) {
  const quit = new AbortController()
  const traffic = makeTraffic(clients, randomOf(options.seed + 2), quit.signal)
  const faults = stage.faults.filter(options.wants ?? (() => true))
  const told: string[] = []
  await sleep(1000)
  await strikeFor(options.ms, faults, random, (line) => {
    told.push(line)
    options.tell(line)
  })
  await sleep(2000)
  quit.abort()
  await traffic
  return told
}
