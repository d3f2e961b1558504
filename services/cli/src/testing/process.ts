import { type ChildProcessByStdio, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: string | null
}

/** A process under test, killed when it is disposed of. */
export interface Running extends AsyncDisposable {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  /** What it has written so far. */
  readonly out: () => string
  readonly err: () => string
  /** Resolves when standard output holds this; rejects with what it wrote when it ends without. */
  readonly says: (text: string) => Promise<void>
  /** The same for standard error. */
  readonly complains: (text: string) => Promise<void>
  readonly ended: Promise<Ending>
}

/** Starts a process whose output is kept. */
export function start(command: string, args: readonly string[], options: Pick<SpawnOptions, 'cwd' | 'env'>): Running {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  const heard = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    for (const look of heard) look()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
    for (const look of heard) look()
  })
  const ended = once(child, 'close').then((): Ending => ({ code: child.exitCode, signal: child.signalCode }))
  const holds = (written: () => string, text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (written().includes(text)) resolve()
      }
      heard.add(look)
      look()
      ended.then(() => reject(new Error(`ended without '${text}':\n${out}\n${err}`)), reject)
    })
  return {
    child,
    out: () => out,
    err: () => err,
    says: (text) => holds(() => out, text),
    complains: (text) => holds(() => err, text),
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Runs a process to its end. */
export async function finish(running: Running): Promise<Ending & { readonly out: string; readonly err: string }> {
  const ending = await running.ended
  return { ...ending, out: running.out(), err: running.err() }
}
