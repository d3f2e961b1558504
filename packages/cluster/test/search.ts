import { ALL_RULES, type Rules } from './ground.ts'
import type { Broken } from './judge.ts'
import { print, type Schedule, type Size, schedule } from './schedule.ts'
import { shrink } from './shrink.ts'
import { simulate } from './simulate.ts'

/** A schedule under which a promise was broken, and the least that breaks it. */
export interface Found {
  readonly seed: number
  readonly broken: Broken
  readonly least: Schedule
  readonly leastBroken: Broken
}

export interface Search {
  readonly schedules: number
  readonly writes: number
  readonly found: Found | undefined
}

/** Runs seed after seed until one breaks a promise, and shrinks that. */
export async function search(seeds: Iterable<number>, size: Size, rules: Rules = ALL_RULES): Promise<Search> {
  const { broken, seed, ...counts } = await firstBroken(seeds, size, rules)
  if (broken === undefined || seed === undefined) return { ...counts, found: undefined }
  const trial = async (one: Schedule) => (await simulate(one, { rules })).broken
  const least = await shrink(schedule(seed, size), async (smaller) => (await trial(smaller))?.promise)
  return { ...counts, found: { seed, broken, least, leastBroken: (await trial(least)) ?? broken } }
}

/** Runs seed after seed until one breaks a promise. */
export async function firstBroken(seeds: Iterable<number>, size: Size, rules: Rules = ALL_RULES) {
  let schedules = 0
  let writes = 0
  for (const seed of seeds) {
    const outcome = await simulate(schedule(seed, size), { rules })
    schedules++
    writes += outcome.writes
    if (outcome.broken) return { schedules, writes, seed, broken: outcome.broken }
  }
  return { schedules, writes, seed: undefined, broken: undefined }
}

/** What was found, for people. */
export function report({ seed, broken, least, leastBroken }: Found): string {
  const at = (one: Broken) => `${(one.atMs / 1000).toFixed(2)} s: ${one.say}`
  return [
    `broken by seed ${seed}: ${broken.promise}`,
    `  ${at(broken)}`,
    'the least that breaks it:',
    print(least).replace(/^/gm, '  '),
    `  ${at(leastBroken)}`,
  ].join('\n')
}

/** `3`, or `1..5000`. */
export function seedsOf(text: string): readonly number[] {
  const [, from, to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? []
  const [first, last] = [Number(from), Number(to)]
  if (from === undefined || first > last)
    throw new Error(`--seeds takes a number or a range like 1..5000, not '${text}'`)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}
