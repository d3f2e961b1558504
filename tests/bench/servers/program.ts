import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as passes } from 'node:timers/promises'
import { tethered } from '@jabiru/testkit'

const STOP_MS = 15_000
const START_MS = 60_000
const KEPT_LINES = 200
const POLL_MS = 50

/** A server program, started. Disposing of it ends it. */
export interface Program extends AsyncDisposable {
  readonly said: () => string
}

/** How a program is started. */
export interface ProgramOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Whether it takes clients by now. */
  readonly isReady: (said: string) => Promise<boolean>
}

/** Starts a program and settles when it is ready. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, command, args, cwd, env = {} } = options
  const [file, ...words] = tethered(command, ...args)
  const child = spawn(file, words, {
    cwd,
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const said = () => lines.join('\n')
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      if (lines.length > KEPT_LINES) lines.shift()
    })
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  const stop = async () => {
    if (isGone()) return
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await exit
    clearTimeout(late)
  }
  const until = performance.now() + START_MS
  while (!(await options.isReady(said()))) {
    if (isGone() || performance.now() > until) {
      await stop()
      throw new Error(`${name} did not start:\n${said()}`)
    }
    await passes(POLL_MS)
  }
  return { said, [Symbol.asyncDispose]: stop }
}
