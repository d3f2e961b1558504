// `npx jabiru bench`: the same workloads against Jabiru and its peers, side by side.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureSelfSigned } from '@jabiru/runtime'
import { pageOf } from './figures/page.ts'
import { rowsOf } from './figures/rows.ts'
import { tableOf, trialLine } from './figures/table.ts'
import { machine } from './machine.ts'
import { readOptions } from './options.ts'
import { pinServer } from './pinning.ts'
import { planOf } from './plan.ts'
import { contestants } from './servers/all.ts'
import { type Trial, tryOut } from './trial.ts'

const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))

const options = readOptions(process.argv.slice(2))
const say = (line: string) => process.stdout.write(`${line}\n`)

const quit = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => quit.abort())

if (options.pinned) pinServer()
const folder = await mkdtemp(join(tmpdir(), 'jabiru-bench-'))
const trials: Trial[] = []
try {
  const certificate = await ensureSelfSigned(folder, ['localhost'])
  const { seconds, pinned, profile } = options
  for (const { workload, contestant } of planOf(options, contestants)) {
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
