import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Inbox, tethered } from '@jabiru/testkit'
import type { Figures } from './figures.ts'
import type { Command, Job, Told } from './job.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

/** People in a process of their own who write to each other. Whatever is asked of them throws once one could not log in or was cut off. */
export interface Bystanders extends AsyncDisposable {
  /** They begin; settles when letters come through. */
  readonly talk: () => Promise<void>
  /** What they write from now on is written in the storm. */
  readonly mark: () => Promise<void>
  /** They stop; settles when all is read. */
  readonly end: () => Promise<Figures>
}

/** Starts the process, and settles when all are online. */
export async function startBystanders(job: Job): Promise<Bystanders> {
  const [file, ...args] = tethered(process.execPath, MAIN, JSON.stringify(job))
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const inbox = inboxOf(child)
  const done = (is: Told['is']) => inbox.take((told) => told.is === is)
  const command = (word: Command) => {
    // One that is gone has broken the inbox, which is who tells.
    if (child.connected) child.send(word, () => undefined)
  }
  await using open = new AsyncDisposableStack()
  open.defer(() => end(child))
  await done('online')
  const kept = open.move()
  return {
    talk: async () => {
      command('talk')
      await done('talking')
    },
    mark: async () => {
      command('mark')
      await done('marked')
    },
    end: async () => {
      command('end')
      const told = await done('over')
      if (told.is !== 'over') throw new TypeError(`the bystanders are ${told.is}`)
      return told.figures
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** What it tells. Breaks when it has failed, or has ended. */
function inboxOf(child: ChildProcess): Inbox<Told> {
  const inbox = new Inbox<Told>()
  child.on('message', (told: Told) => {
    if (told.is === 'failed') inbox.break(new Error(`a bystander of the storm has failed: ${told.why}`))
    else inbox.put(told)
  })
  child.on('error', (error) => inbox.break(error))
  child.on('close', (code, signal) =>
    inbox.break(new Error(`the bystanders of the storm have ended: code ${String(code)}, signal ${String(signal)}`)),
  )
  return inbox
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}
