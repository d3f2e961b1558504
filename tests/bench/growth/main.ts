import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureSelfSigned } from '@jabiru/runtime'
import { machine } from '../machine.ts'
import type { Options } from '../options.ts'
import { pinServer } from '../pinning.ts'
import { CASES } from './cases.ts'
import { FULL, simulateMap } from './map.ts'
import { pageWith } from './page.ts'
import { type Growth, merged } from './results.ts'
import { type GrowthRow, measure } from './row.ts'
import { rowLine, tablesOf } from './tables.ts'

const PAGE = fileURLToPath(new URL('../../../docs/scale.md', import.meta.url))

const say = (line: string) => process.stdout.write(`${line}\n`)

/** What an earlier run wrote; one of other figures has none of these. */
async function stored(file: string): Promise<Growth> {
  const { growth = { rows: [] } }: { readonly growth?: Growth } = JSON.parse(await readFile(file, 'utf8'))
  return growth
}

/** `npm run bench -- --growth`: what everything costs as the server and its users grow. Gives the exit code. */
export async function growth({ only, seconds, pinned, json, add, writes }: Options): Promise<number> {
  const quit = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => quit.abort())
  const earlier = await Promise.all(add.map(stored))
  const map = only.includes('map') ? simulateMap(FULL) : undefined
  if (pinned) pinServer()
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-bench-'))
  const rows: GrowthRow[] = []
  try {
    const certificate = await ensureSelfSigned(folder, ['localhost'])
    const cases = CASES.filter(({ part }) => only.includes(part))
    say(`${cases.length} cases, ${seconds} s of measuring each time`)
    for (const one of cases) {
      const row = await measure(one, { seconds, pinned, certificate, quit: quit.signal })
      rows.push(row)
      say(rowLine(row))
    }
  } catch (error) {
    if (!quit.signal.aborted) throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const all = merged([...earlier, map === undefined ? { rows } : { rows, map }])
  say(`\n${tablesOf(all, '##')}`)
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ growth: all }, null, 2)}\n`)
  if (quit.signal.aborted) return 130
  if (writes) await writeFile(PAGE, pageWith(await readFile(PAGE, 'utf8'), all, { ...machine(), seconds, pinned }))
  return all.rows.some(({ faults }) => faults.length > 0) ? 1 : 0
}
