import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { Fault } from './faults.ts'
import { type Outcome, run } from './run.ts'
import type { Mutation, Trial } from './splicing/mutations.ts'
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
  return 'simulation' in trial ? simulated(trial.simulation, seed) : lived(name, trial, seed, last)
}

async function lived(name: string, trial: Trial, seed: number, last: number): Promise<Mutant> {
  const { form, ms, faults = [], points = [], carriage, habits } = trial
  const outcome = await run({
    seed,
    ms,
    clients: CLIENTS,
    form,
    mutations: [name],
    failpoints: new Map(points.map((point) => [point, undefined])),
    wants: (fault: Fault) => faults.some((prefix) => fault.name === prefix || fault.name.startsWith(`${prefix} `)),
    carriage,
    habits,
    tell: () => undefined,
  })
  if (isClean(outcome) && seed < last) return lived(name, trial, seed + 1, last)
  return { seed, caughtBy: tellers(outcome) }
}

const SIMULATE = join(import.meta.dirname, '../../packages/cluster/scripts/simulate.ts')
const SCHEDULES = 500

/** The simulation ends with 0 where it has noticed. */
function simulated(mutation: string, seed: number): Promise<Mutant> {
  const seeds = `${seed}..${seed + SCHEDULES}`
  const words = [SIMULATE, '--mutation', mutation, '--members', '8', '--seeds', seeds]
  return new Promise((resolve) => {
    execFile(process.execPath, words, (fault) => {
      resolve({ seed, caughtBy: fault === null ? ['simulation'] : [] })
    })
  })
}

const tellers = (outcome: Outcome) =>
  PROMISES.filter((name) => outcome[name] > 0).map((name) => `${name}=${outcome[name]}`)
