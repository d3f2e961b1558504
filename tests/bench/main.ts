// `npx jabiru bench`: the same workloads against Jabiru and its peers, side by side.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureSelfSigned } from '@jabiru/runtime'
import { heldTable } from './figures/held.ts'
import { pageOf } from './figures/page.ts'
import { type Row, rowsOf, trialsOf } from './figures/rows.ts'
import { tableOf, trialLine } from './figures/table.ts'
import { growth } from './growth/main.ts'
import { machine } from './machine.ts'
import { measureAll } from './micro/all.ts'
import { type Micro, together } from './micro/rounds.ts'
import { microTable } from './micro/table.ts'
import { type Options, readOptions } from './options.ts'
import { pinServer } from './pinning.ts'
import { planOf } from './plan.ts'
import { leaveAutogroup } from './scheduling.ts'
import { contestants } from './servers/all.ts'
import { type Trial, tryOut } from './trial.ts'

const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))

const say = (line: string) => process.stdout.write(`${line}\n`)

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    process.stderr.write(`jabiru bench: ${error.message}\n`)
    return process.exit(2)
  }
}

/** What a file of figures holds; one of `--micro` has no rows. */
interface Figures {
  readonly rows?: readonly Row[]
  readonly micro?: readonly Micro[]
}

/** What earlier runs gave. */
async function added(files: readonly string[]): Promise<readonly Figures[]> {
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8'))))
}

const options = optionsOrExit()
leaveAutogroup()
if (options.growth) process.exit(await growth(options))

const quit = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => quit.abort())

if (options.pinned) pinServer()
const folder = await mkdtemp(join(tmpdir(), 'jabiru-bench-'))
const earlier = await added(options.add)
const [before] = await added(options.against === undefined ? [] : [options.against])
const trials: Trial[] = earlier.flatMap(({ rows = [] }) => trialsOf(rows))
let micro = earlier.reduce<readonly Micro[]>((known, figures) => together(known, figures.micro ?? []), [])
try {
  const certificate = await ensureSelfSigned(folder, ['localhost'])
  const { seconds, pinned, profile } = options
  const plan = planOf(options, contestants)
  if (options.micro) micro = together(micro, await measureAll(say, quit.signal))
  if (plan.length > 0) say(`${plan.length} trials, ${seconds} s of measuring each`)
  for (const { workload, contestant } of plan) {
    const trial = await tryOut(workload, contestant, { seconds, pinned, profile, certificate, quit: quit.signal })
    trials.push(trial)
    say(trialLine(trial))
  }
} catch (error) {
  if (!quit.signal.aborted) throw error
} finally {
  await rm(folder, { recursive: true, force: true })
}

const rows = rowsOf(trials)
const figures: Figures = {
  ...(rows.length > 0 || micro.length === 0 ? { rows } : {}),
  ...(micro.length > 0 ? { micro } : {}),
}
if (figures.rows) say(`\n${tableOf(rows)}`)
if (before?.rows && figures.rows) say(`\n${heldTable(rows, before.rows)}`)
if (figures.micro) say(`\n${microTable(micro)}`)
if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`)
const isWhole = !quit.signal.aborted && trials.length > 0
if (options.writes && isWhole) await writeFile(PAGE, pageOf({ rows, micro, before: before?.rows }, machine(), options))
if (quit.signal.aborted) process.exitCode = 130
else if (trials.some(({ faults }) => faults.length > 0)) process.exitCode = 1
