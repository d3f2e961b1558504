import { setTimeout as passes } from 'node:timers/promises'
import type { CertificateFiles } from '@jabiru/runtime'
import { runGenerator } from './generator.ts'
import type { Figures, Job, Outcome } from './load/job.ts'
import { type Contestant, DOMAIN, type Serving } from './servers/server.ts'
import type { Workload } from './workloads.ts'

/** How trials are made. */
export interface TrialOptions {
  readonly seconds: number
  readonly pinned: boolean
  readonly certificate: CertificateFiles
  readonly profile: string | undefined
  readonly quit: AbortSignal
}

/** One workload against one server, once. */
export interface Trial {
  readonly workload: string
  readonly server: string
  readonly form: string
  /** Undefined where it failed, and where it was not made. */
  readonly figures: Figures | undefined
  /** Why it was not made: what the server does not have. */
  readonly lacking?: string | undefined
  /** Why it does not count. */
  readonly faults: readonly string[]
}

/** Starts the server afresh, lets the generator loose on it, and looks whether anything was lost. */
export async function tryOut(workload: Workload, contestant: Contestant, options: TrialOptions): Promise<Trial> {
  const { server, form } = contestant
  const named = { workload: workload.name, server, form }
  const { certificate, profile, quit } = options
  const { users, groupOf, archive, needs } = workload
  const lacking = needs && contestant.lacks?.[needs]
  if (lacking !== undefined) return { ...named, figures: undefined, lacking, faults: [] }
  try {
    await using serving = await contestant.start({
      users,
      groupOf,
      archive,
      rooms: needs === 'rooms',
      certificate,
      profile,
    })
    quit.throwIfAborted()
    const outcome = await generate(workload, contestant, serving, options)
    const lost = archive && outcome.figures !== undefined ? await unarchived(serving, outcome) : []
    const faults = [...outcome.faults, ...summed(serving.faults()), ...lost].map(shortened)
    return { ...named, figures: outcome.figures, faults }
  } catch (error) {
    quit.throwIfAborted()
    return { ...named, figures: undefined, faults: [String(error)] }
  }
}

/** What stands in a table of it. */
const FAULT_CHARACTERS = 200

export const shortened = (fault: string): string => fault.replaceAll(/\s+/g, ' ').slice(0, FAULT_CHARACTERS)

/** What a server complains of in its log, in a line. */
export function summed(faults: readonly string[]): readonly string[] {
  const [first] = faults
  if (first === undefined) return []
  const [, message = first] = /"message":"((?:[^"\\]|\\.)*)"/.exec(first) ?? []
  return [`${faults.length} errors in its log, the first: ${message}`]
}

function generate(
  workload: Workload,
  { server }: Contestant,
  { endpoints }: Serving,
  { seconds, pinned, quit }: TrialOptions,
): Promise<Outcome> {
  const job: Job = {
    workload: workload.name,
    endpoints,
    domain: DOMAIN,
    relay: server === 'relay',
    seconds,
    root: process.pid,
  }
  return runGenerator(job, { pinned, limitMs: workload.limitMs + seconds * 1000, quit })
}

/** An archive may be written a little later than it is acknowledged: nobody promised more. Ours is not given that time. */
const LATE_MS = 20_000
const POLL_MS = 500

async function unarchived(serving: Serving, { sent }: Outcome): Promise<readonly string[]> {
  const wanted = 2 * sent
  const began = performance.now()
  let rows = await serving.archived()
  while (rows < wanted && performance.now() - began < LATE_MS) {
    await passes(POLL_MS)
    const before = rows
    rows = await serving.archived()
    if (rows === before) break
  }
  return rows === wanted ? [] : [`the archive has ${rows} rows of ${wanted}`]
}
