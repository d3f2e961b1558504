import type { CertificateFiles } from '@jabiru/runtime'
import { runGenerator } from '../generator.ts'
import { DOMAIN } from '../servers/server.ts'
import { shortened, summed } from '../trial.ts'
import type { Case, PartName } from './cases.ts'
import type { Phase } from './phase.ts'
import { serve } from './serve.ts'

/** What came of a case. */
export interface GrowthRow {
  readonly part: PartName
  readonly of: Readonly<Record<string, number>>
  readonly phases: readonly Phase[]
  /** Why it does not count. */
  readonly faults: readonly string[]
}

/** How cases are measured. */
export interface Manner {
  readonly seconds: number
  readonly pinned: boolean
  readonly certificate: CertificateFiles
  readonly quit: AbortSignal
}

/** For all that is not measured: logging in, warming up, waiting for what is under way. */
const LIMIT_MS = 150_000
/** Phases that one case has at most. */
const PHASES = 6

/** Starts the server of a case, lets the generator loose on it, and looks whether anything was lost. */
export async function measure(one: Case, { seconds, pinned, certificate, quit }: Manner): Promise<GrowthRow> {
  const { part, of, rows = 0 } = one
  try {
    await using served = await serve(one, certificate)
    quit.throwIfAborted()
    const { endpoints, engines } = served
    const growth = { engines, of }
    const job = {
      workload: `growth-${part}`,
      endpoints,
      domain: DOMAIN,
      relay: false,
      seconds,
      root: process.pid,
      growth,
    }
    const limitMs = LIMIT_MS + PHASES * seconds * 1000
    const { phases = [], sent, faults } = await runGenerator(job, { pinned, limitMs, quit })
    const [wanted, found] = [rows + 2 * sent, await served.archived()]
    const lost = found === wanted ? [] : [`the archive has ${found} rows of ${wanted}`]
    return { part, of, phases, faults: [...faults, ...summed(served.faults()), ...lost].map(shortened) }
  } catch (error) {
    quit.throwIfAborted()
    return { part, of, phases: [], faults: [shortened(String(error))] }
  }
}
