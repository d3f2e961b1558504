import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Terminal } from '../terminal.ts'
import { noMore, parse } from '../usage.ts'

interface Step {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** A step that takes longer has failed: whoever waits for the run is told so while he still waits. */
  readonly limitMs?: number
  /** The file to which the step writes what failed and why, which the run says once more when it ends. */
  readonly failures?: string
}

const MINUTE_MS = 60_000
/** Of a test, and of a file: the longest tells every story there is. */
const TEST_LIMIT_MS = 15 * MINUTE_MS
const STEP_LIMIT_MS = 35 * MINUTE_MS

const UNIT = ['packages/**/*.test.ts', 'services/**/*.test.ts']
const WHOLE = [...UNIT, 'tests/**/*.test.ts']
/** Told by the files of tests/stories/forms, once for every form of the server. */
const TOLD = ['tests/stories/*.test.ts', 'tests/interop/*.test.ts']
/** A server of several processes wants the machine to itself: its stories tell how long one may have to wait in a flood. */
const OTHER_FORMS = ['grouped', 'separate']
const fileOf = (form: string): string => `tests/stories/forms/${form}.test.ts`

/** Biome colours its output also where nobody sees it. */
const COLOURS = process.stdout.isTTY ? [] : ['--colors=off']

const TYPES: Step = { name: 'types', command: 'tsc', args: ['--noEmit'] }

const CHECKS: readonly Step[] = [
  TYPES,
  { name: 'lint', command: 'oxlint', args: ['--type-aware'] },
  { name: 'format', command: 'biome', args: ['ci', ...COLOURS] },
]

const FIXES: readonly Step[] = [
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--fix'] },
  { name: 'format', command: 'biome', args: ['check', '--write', ...COLOURS] },
]

/**
 * `test`: the checks, then node's own runner, then the stories once more in the other forms of the server. `fast` is for
 * every change: types, and the tests beside the code that are not slow. Files alone are run without the checks.
 */
export async function test(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parse(args, { fast: { type: 'boolean' } })
  const fast = values.fast === true || positionals[0] === 'fast'
  const files = positionals.filter((word) => word !== 'fast')
  if (files.length > 0) return runAll([testStep(files.map((file) => path.resolve(terminal.cwd, file)))], terminal)
  const { home } = terminal
  if (fast) return runAll([TYPES, testStep(testFiles(UNIT, home).filter((file) => !isSlow(file, home)))], terminal)
  const forms = OTHER_FORMS.map((form) => ({ ...testStep([fileOf(form)]), name: `stories, ${form}` }))
  const others = testFiles(WHOLE, home, [...TOLD, ...OTHER_FORMS.map(fileOf)])
  return runAll([...CHECKS, testStep(others), ...forms], terminal)
}

type Command = (args: readonly string[], terminal: Terminal) => Promise<number>

/** A program of `tests/` that is no test; its own main.ts knows the flags. */
const programOf =
  (name: string): Command =>
  (args, terminal) => {
    const main = path.join(terminal.home, 'tests', name, 'main.ts')
    return runAll([{ name, command: process.execPath, args: [main, ...args] }], terminal)
  }

/** `chaos`: what clients are promised while processes die. */
export const chaos = programOf('chaos')

/** `churn`: connections that are left half-way bring memory back. */
export const churn = programOf('churn')

/** `bench`: what this server and others do in a second, and at what cost. */
export const bench = programOf('bench')

/** `check`: types, lint and format. */
export async function check(args: readonly string[], terminal: Terminal): Promise<number> {
  noMore(args)
  return runAll(CHECKS, terminal)
}

/** `fix`: what lint and the formatter can mend by themselves. */
export async function fix(args: readonly string[], terminal: Terminal): Promise<number> {
  noMore(args)
  return runAll(FIXES, terminal)
}

/** `// Slow: <why>` begins the file of tests that is not for every change. */
const isSlow = (file: string, home: string): boolean =>
  readFileSync(path.join(home, file), 'utf8').startsWith('// Slow: ')

function testFiles(patterns: readonly string[], home: string, without: readonly string[] = []): readonly string[] {
  return globSync([...patterns], { cwd: home, exclude: ['**/node_modules/**', ...without] }).toSorted()
}

/** Each file in a process of its own, which has its own deadline. */
const APART = ['--test-concurrency=2', '--import', import.meta.resolve('./deadline.ts')]

function testStep(files: readonly string[]): Step {
  const folder = mkdtempSync(path.join(tmpdir(), 'jabiru-run-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const failures = path.join(folder, 'failures')
  const twice = [`--test-reporter=${import.meta.resolve('./failures.ts')}`, `--test-reporter-destination=${failures}`]
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', ...twice]
  const args = ['--test', `--test-timeout=${TEST_LIMIT_MS}`, ...reporters, ...APART, ...files]
  return { name: 'tests', command: process.execPath, args, limitMs: STEP_LIMIT_MS, failures }
}

/** Runs every step, also after one that failed, so that one run tells everything. A signal ends the step and the run. */
async function runAll(steps: readonly Step[], terminal: Terminal): Promise<number> {
  const quit = new AbortController()
  const stop = (): void => quit.abort()
  for (const event of ['SIGTERM', 'SIGHUP', 'disconnect']) process.on(event, stop)
  const failed: string[] = []
  for (const step of steps) {
    terminal.out(`— ${step.name}`)
    const began = performance.now()
    if (!(await succeeds(step, terminal, quit.signal))) failed.push(step.name)
    terminal.out(`— ${step.name}: ${((performance.now() - began) / 1000).toFixed(0)} s`)
    if (quit.signal.aborted) return 143
  }
  for (const { failures } of steps)
    if (failures !== undefined && existsSync(failures)) terminal.write(readFileSync(failures, 'utf8'))
  if (failed.length > 0) terminal.err(`jabiru: failed: ${failed.join(', ')}`)
  return failed.length > 0 ? 1 : 0
}

async function succeeds(step: Step, terminal: Terminal, quit: AbortSignal): Promise<boolean> {
  const { home, env: outer } = terminal
  const bins = [path.join(home, 'node_modules', '.bin'), path.dirname(process.execPath), outer['PATH'] ?? '']
  const env = { ...outer, PATH: bins.join(path.delimiter) }
  const child = spawn(step.command, step.args, { cwd: home, env, stdio: 'inherit' })
  const stop = (): void => void child.kill('SIGTERM')
  quit.addEventListener('abort', stop)
  const { limitMs } = step
  const tooLate = (): void => {
    terminal.err(`jabiru: ${step.name}: not ended within ${(limitMs ?? 0) / MINUTE_MS} minutes`)
    stop()
  }
  const late = limitMs === undefined ? undefined : setTimeout(tooLate, limitMs)
  const [code]: unknown[] = await once(child, 'exit')
  clearTimeout(late)
  quit.removeEventListener('abort', stop)
  return code === 0
}
