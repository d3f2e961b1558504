import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Job, Outcome } from './load/job.ts'
import { onGeneratorCore } from './pinning.ts'

const GENERATOR = fileURLToPath(new URL('load/main.ts', import.meta.url))

/** How the generator is run. */
export interface GeneratorOptions {
  /** On a core of its own. */
  readonly pinned: boolean
  /** It is given up after this. */
  readonly limitMs: number
  readonly quit: AbortSignal
}

/** Lets the generator do a job, in a process of its own; gives what came of it. */
export async function runGenerator(job: Job, { pinned, limitMs, quit }: GeneratorOptions): Promise<Outcome> {
  const plain = [process.execPath, GENERATOR, JSON.stringify(job)]
  const [command = '', ...args] = pinned ? onGeneratorCore(plain) : plain
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const stop = () => void child.kill('SIGKILL')
  const signal = AbortSignal.any([quit, AbortSignal.timeout(limitMs)])
  signal.addEventListener('abort', stop)
  let outcome: Outcome | undefined
  child.on('message', (told: Outcome) => {
    outcome = told
  })
  await once(child, 'exit')
  signal.removeEventListener('abort', stop)
  quit.throwIfAborted()
  if (outcome === undefined)
    throw new Error(signal.aborted ? 'the generator was not done in time' : 'the generator failed')
  return outcome
}
