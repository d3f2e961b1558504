/**
 * Runs seeded schedules of faults against the leases: `node packages/cluster/scripts/simulate.ts --seeds 1..5000
 * [--members 100] [--mutation NAME|all]`. With a mutation one rule is broken, and that must be noticed.
 */
import { parseArgs } from 'node:util'
import { MUTATIONS } from '../test/mutations.ts'
import { report, search, seedsOf } from '../test/search.ts'

const say = (line: string) => void process.stdout.write(`${line}\n`)

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..1000' },
    members: { type: 'string', default: '100' },
    mutation: { type: 'string' },
  },
})
const seeds = seedsOf(values.seeds)
const size = { members: Number(values.members) }
if (!Number.isInteger(size.members) || size.members < 1 || size.members > 1000)
  throw new Error(`--members takes a number from 1 to 1000, not '${values.members}'`)

async function whole(): Promise<boolean> {
  const begun = performance.now()
  const { schedules, writes, found } = await search(seeds, size)
  if (found)
    say(
      `${report(found)}\nagain: node packages/cluster/scripts/simulate.ts --seeds ${found.seed} --members ${size.members}`,
    )
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  say(
    `${schedules} schedules, ${writes} writes in ${seconds} s: ${found ? 'a promise was broken' : 'every promise was kept'}`,
  )
  return found === undefined
}

async function mutated(name: string): Promise<boolean> {
  const mutation = MUTATIONS[name]
  if (!mutation) throw new Error(`no mutation '${name}'; there are ${Object.keys(MUTATIONS).join(', ')}`)
  const { found } = await search(seeds, size, await mutation.rules())
  const caught = found ? `seed ${found.seed}`.padEnd(12) : 'NOT CAUGHT  '
  say(`${name.padEnd(16)}${mutation.breaks.padEnd(56)}${caught}${found?.broken.promise ?? ''}`)
  if (found && values.mutation !== 'all') say(report(found))
  return found !== undefined
}

const names =
  values.mutation === 'all' ? Object.keys(MUTATIONS) : values.mutation === undefined ? [] : [values.mutation]
let good = true
if (names.length === 0) good = await whole()
for (const name of names) good = (await mutated(name)) && good
process.exitCode = good ? 0 : 1
