import { type Options, type Outcome, run } from './run.ts'
import { FAILPOINTS } from './splicing/failpoints.ts'
import { isClean } from './verdict.ts'

/** So long faults strike in one run of many. */
const EACH_MS = 12_000

/**
 * Every failpoint alone, with kills and with each other one: a short run of its own for each of which the name begins so.
 * Gives the runs that are not clean.
 */
export async function allFailpoints(
  options: Pick<Options, 'seed' | 'clients' | 'tell'>,
  beginning: string,
  report: (name: string, outcome: Outcome) => void,
): Promise<readonly string[]> {
  const names = FAILPOINTS.map(({ name }) => name)
  const wanted = names.flatMap((name, i) => [
    { name: `${name}: kill`, points: [name], wants: (fault: string) => fault === `${name}: kill` },
    { name: `${name}: pause`, points: [name], wants: (fault: string) => fault === `${name}: pause` },
    {
      name: `${name}: kill, with …`,
      points: [name],
      wants: (fault: string) => fault.startsWith(`${name}: kill, with`),
    },
    ...names.slice(i + 1).map((other) => ({
      name: `${name} and ${other}: kill`,
      points: [name, other],
      wants: (fault: string) => fault.startsWith(`${name} and ${other}`),
    })),
  ])
  const unclean: string[] = []
  for (const { name, points, wants } of wanted.filter(({ name }) => name.startsWith(beginning))) {
    const outcome = await run({
      ...options,
      form: 'grouped',
      ms: EACH_MS,
      failpoints: new Map(points.map((point) => [point, undefined])),
      wants: (fault) => wants(fault.name),
    })
    report(name, outcome)
    if (!isClean(outcome)) unclean.push(name)
  }
  return unclean
}
