import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { isCode } from '@jabiru/runtime'
import { processFile } from '../process-file.ts'
import { tethered } from '../tether.ts'

/** A real server beside the house: PostgreSQL, Redis, NATS. Disposing of it stops it and removes its folder. */
export interface Part extends AsyncDisposable {
  readonly url: string
  /** Ends it as an operator would. */
  readonly stop: () => Promise<undefined>
  /** Ends it as a power cut would, its children too. */
  readonly kill: () => Promise<undefined>
  /**
   * Starts it again, on the same port and with the same data, after `stop` or `kill`; with more words on its command
   * line for this life, where it is a program of this machine.
   */
  readonly restart: (more?: readonly string[]) => Promise<undefined>
  /** Stops its processes where they are: connections stay open and nothing answers. */
  readonly pause: () => Promise<undefined>
  readonly resume: () => Promise<undefined>
  /** False once it has ended, by itself or not. */
  readonly isRunning: () => Promise<boolean>
}

/** The part runs elsewhere and is not ours to stop: its address came out of the environment. */
export class NotOurs extends Error {
  override readonly name = 'NotOurs'
}

/** How a part is run. */
export interface Recipe {
  readonly name: string
  readonly url: string
  readonly command: string
  readonly args: readonly string[]
  /** Holds what the part keeps; removed at the end. */
  readonly folder: string
  /** A line of its output that says that it takes connections. */
  readonly ready: string
  readonly stopSignal: NodeJS.Signals
  /** Whom it runs as, when not as ourselves. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

/** A part that somebody else started. Tests that stop or pause one ask for a part of their own. */
export function foreignPart(url: string): Part {
  const refuse = async (): Promise<never> => {
    throw new NotOurs(`${url} is not ours to stop`)
  }
  return {
    url,
    stop: refuse,
    kill: refuse,
    restart: refuse,
    pause: refuse,
    resume: refuse,
    isRunning: () => Promise.resolve(true),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** Starts a part, and settles when it takes connections. */
export async function startPart(recipe: Recipe): Promise<Part> {
  let child = await launch(recipe)
  const end = async (signal: NodeJS.Signals): Promise<undefined> => {
    if (ended(child)) return undefined
    const exit = once(child, 'exit')
    const all = signal === 'SIGKILL' ? await heldStill(child.pid) : family(child.pid)
    for (const pid of signal === 'SIGKILL' ? all : [child.pid]) send(pid, signal)
    await exit
    // A child that dies a little later holds ports and memory of its parent until then.
    for (const pid of all) while (!DEAD.has(stateOf(pid))) await sleep(POLL_MS)
    return undefined
  }
  const toAll = (signal: NodeJS.Signals): undefined => {
    for (const pid of family(child.pid)) send(pid, signal)
    return undefined
  }
  return {
    url: recipe.url,
    stop: () => end(recipe.stopSignal),
    kill: () => end('SIGKILL'),
    restart: async (more = []) => {
      if (!ended(child)) throw new Error(`${recipe.name} is running`)
      child = await launch({ ...recipe, args: [...recipe.args, ...more] })
      return undefined
    },
    pause: async () => toAll('SIGSTOP'),
    resume: async () => toAll('SIGCONT'),
    isRunning: () => Promise.resolve(!ended(child)),
    [Symbol.asyncDispose]: async () => {
      toAll('SIGCONT')
      await end(recipe.stopSignal)
      await rm(recipe.folder, { recursive: true, force: true })
    },
  }
}

async function launch(recipe: Recipe): Promise<ChildProcess> {
  const { command, args, folder, user, ready, name } = recipe
  const [file, ...words] = tethered(command, ...args)
  const child = spawn(file, words, {
    cwd: folder,
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  })
  const said: string[] = []
  const up = Promise.withResolvers<undefined>()
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      if (said.length < KEPT_LINES) said.push(line)
      if (line.includes(ready)) up.resolve(undefined)
    })
  child.on('error', up.reject)
  child.on('exit', (code) => {
    up.reject(new Error(`${name} ended with ${String(code)} before it was ready:\n${said.join('\n')}`))
  })
  await up.promise
  return child
}

const KEPT_LINES = 200

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** A process and those it started; PostgreSQL gives each connection one, in a process group of its own. */
function family(pid: number | undefined): readonly number[] {
  if (pid === undefined) return []
  const children = processFile(pid, `task/${String(pid)}/children`)
  if (children === undefined) return []
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(family)]
}

const POLL_MS = 2

/** Of no process, of a zombie, which holds nothing, and of one that is about to vanish. */
const DEAD = new Set([undefined, 'Z', 'X'])

/** One letter, as in proc(5); undefined when there is no such process, or no /proc. */
function stateOf(pid: number): string | undefined {
  return processFile(pid, 'stat')?.split(') ').at(-1)?.[0]
}

/** The family of a process that can start no more children. */
async function heldStill(pid: number | undefined): Promise<readonly number[]> {
  if (pid === undefined) return []
  send(pid, 'SIGSTOP')
  for (let state = stateOf(pid); state !== 'T' && !DEAD.has(state); state = stateOf(pid)) await sleep(POLL_MS)
  return family(pid)
}

/** One that ended meanwhile needs no signal. */
function send(pid: number | undefined, signal: NodeJS.Signals): undefined {
  if (pid === undefined) return undefined
  try {
    process.kill(pid, signal)
  } catch (err) {
    if (!isCode(err, 'ESRCH')) throw err
  }
  return undefined
}
