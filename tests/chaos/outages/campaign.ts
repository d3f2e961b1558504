import { linesOf } from '../report.ts'
import { type Outcome, run } from '../run.ts'
import { isClean, PROMISES } from '../verdict.ts'
import { OUTAGES } from './list.ts'
import { CannotStrike, type Outage } from './outage.ts'

/** What a run of outages is told. */
export interface OutagesOptions {
  /** The names of outages, or `all`. */
  readonly names: readonly string[]
  readonly seed: number
  readonly clients: number
  /** In place of the time that each lasts. */
  readonly lastsMs?: number | undefined
  readonly tell: (line: string) => void
}

/** One outage after the other, each with a server of its own. Gives what came of each; undefined where it could not be made. */
export async function sufferOutages(options: OutagesOptions): Promise<readonly (Outcome | undefined)[]> {
  const outcomes: (Outcome | undefined)[] = []
  for (const outage of named(options.names)) outcomes.push(await sufferOutage(outage, options))
  return outcomes
}

function named(names: readonly string[]): readonly Outage[] {
  if (names.includes('all')) return OUTAGES
  return names.map((name) => {
    const outage = OUTAGES.find((one) => one.name === name)
    if (outage) return outage
    throw new TypeError(`--outage is all, ${OUTAGES.map((one) => one.name).join(', ')}, not ${name}`)
  })
}

async function sufferOutage(outage: Outage, { seed, clients, lastsMs, tell }: OutagesOptions) {
  const ms = lastsMs ?? outage.lastsMs
  try {
    const outcome = await run({ seed, ms, clients, form: 'grouped', plain: true, outage, tell: () => undefined })
    const { length } = linesOf(outcome)
    for (const line of linesOf(outcome).slice(0, length - 1)) tell(line)
    tell(verdictLine(outcome))
    return outcome
  } catch (error) {
    if (!(error instanceof CannotStrike)) throw error
    tell(`${outage.name}: NOT RUN, which is not clean: ${error.message}`)
    return undefined
  }
}

/** Every promise was kept, and the outage was seen and overcome as it should. */
export const isOvercome = (outcome: Outcome | undefined): boolean =>
  outcome !== undefined && isClean(outcome) && outcome.outage?.wrong.length === 0

/** All of it in one line. */
function verdictLine(outcome: Outcome): string {
  const { outage } = outcome
  if (outage === undefined) throw new TypeError('that was no outage')
  const broken = PROMISES.filter((name) => outcome[name] > 0).map((name) => `${name}=${outcome[name]}`)
  const wrong = [...broken, ...outage.wrong]
  const texts = Map.groupBy(outage.readyz, ({ as, text }) => `${as}: ${text}`)
  const numbers = {
    sent: outcome.sent,
    acknowledged: outcome.acknowledged,
    longest_silence_ms: outcome.longest_silence_ms,
    lasted_s: outage.lasted_s,
    first_ack_after_s: outage.first_ack_after_s,
    ready_after_s: outage.ready_after_s,
    acknowledged_during: outage.acknowledged_during,
    sockets_lost: outage.sockets_lost,
  }
  return [
    `${outage.name}: ${wrong.length === 0 ? 'clean' : `NOT CLEAN (${wrong.join('; ')})`}`,
    ...(outage.what === '' ? [] : [`struck='${outage.what}'`]),
    ...Object.entries(numbers).map(([name, value]) => `${name}=${value}`),
    ...[...texts].map(([text, said]) => `readyz='${text}' by ${said.map(({ member }) => member).join(', ')}`),
  ].join(' ')
}
