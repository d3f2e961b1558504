// `npx jabiru bench`: the same workloads against Jabiru and its peers, side by side.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureSelfSigned } from '@jabiru/runtime'
import { pageOf } from './figures/page.ts'
import { type Row, rowsOf, trialsOf } from './figures/rows.ts'
import { tableOf, trialLine } from './figures/table.ts'
import { machine } from './machine.ts'
import { type Options, readOptions } from './options.ts'
import { pinServer } from './pinning.ts'
import { planOf } from './plan.ts'
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

/** The trials of earlier runs. */
async function added(files: readonly string[]): Promise<readonly Trial[]> {
  const stored = await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8'))))
  return stored.flatMap(({ rows }: { readonly rows: readonly Row[] }) => trialsOf(rows))
}

const options = optionsOrExit()

const quit = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => quit.abort())

if (options.pinned) pinServer()
const folder = await mkdtemp(join(tmpdir(), 'jabiru-bench-'))
const trials: Trial[] = [...(await added(options.add))]
try {
  const certificate = await ensureSelfSigned(folder, ['localhost'])
  const { seconds, pinned, profile } = options
  const plan = planOf(options, contestants)
  say(`${plan.length} trials, ${seconds} s of measuring each`)
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
say(`\n${tableOf(rows)}`)
if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify({ rows }, null, 2)}\n`)
const isWhole = !quit.signal.aborted && trials.length > 0
if (options.writes && isWhole) await writeFile(PAGE, pageOf(rows, machine(), options))
if (quit.signal.aborted) process.exitCode = 130
else if (trials.some(({ faults }) => faults.length > 0)) process.exitCode = 1
