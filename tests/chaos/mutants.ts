import type { Fault } from './faults.ts'
import { type Outcome, run } from './run.ts'
import type { Mutation } from './splicing/mutations.ts'
import { isClean, PROMISES } from './verdict.ts'

/** What became of a server that breaks a rule. */
export interface Mutant {
  readonly seed: number
  /** The counts that tell, with their numbers; none where the ledger was clean. */
  readonly caughtBy: readonly string[]
}

const CLIENTS = 13

/** Lets a server that breaks a rule run, under one seed after another up to the last, until the ledger tells. */
export async function tryMutation({ name, trial }: Mutation, seed: number, last: number): Promise<Mutant> {
  const { form, ms, faults = [], holds, points = [], carriage, habits } = trial
  const outcome = await run({
    seed,
    ms,
    clients: CLIENTS,
    form,
    mutations: [name],
    failpoints: new Map(points.map((point) => [point, undefined])),
    wants: (fault: Fault) => faults.some((prefix) => fault.name === prefix || fault.name.startsWith(`${prefix} `)),
    holds,
    carriage,
    habits,
    tell: () => undefined,
  })
  if (isClean(outcome) && seed < last) return tryMutation({ name, trial, splices: [] }, seed + 1, last)
  return { seed, caughtBy: tellers(outcome) }
}

const tellers = (outcome: Outcome) =>
  PROMISES.filter((name) => outcome[name] > 0).map((name) => `${name}=${outcome[name]}`)
