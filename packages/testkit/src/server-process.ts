import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Deadline } from './deadline.ts'
import { tethered } from './tether.ts'
import { shorten } from './transcript.ts'

const MAIN = fileURLToPath(new URL('../../../services/cli/src/main.ts', import.meta.url))

/** The first start of the embedded database takes seconds, and longer on a busy machine. */
const START_MS = 60_000
const STOP_MS = 45_000

/** What the log says of partitions that are another's now. */
const HANDED_OVER = /"longest_ms":(\d+),"event":"handed_over"/

/** Settings of the server, by the names of the environment. */
export type Settings = Readonly<Record<string, string>>

/**
 * Starts the command line on these words, with these settings and none of a server that the developer runs beside it.
 * `flags` are Node's own.
 */
export function spawnJabiru(words: readonly string[], settings: Settings, flags: readonly string[] = []): ChildProcess {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('JABIRU_'))
  const [file, ...args] = tethered(process.execPath, ...flags, MAIN, ...words)
  return spawn(file, args, { env: { ...Object.fromEntries(own), ...settings }, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** One life of a process of the server, and what it says. */
export class ServerProcess {
  readonly #name: string
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  readonly #faults: string[] = []
  readonly #handOvers: number[] = []
  readonly #ready = Promise.withResolvers<undefined>()
  readonly #closed: Promise<void>
  #ending = false

  constructor(name: string, child: ChildProcess) {
    this.#name = name
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#hear(line))
    }
    this.#ready.promise.catch(() => undefined) // nobody may be waiting when it ends
    this.#closed = this.#watch()
  }

  /** Settles when it says `ready`. */
  async ready(): Promise<void> {
    using deadline = new Deadline(START_MS)
    deadline.witness(() => this.said())
    await deadline.wait(`${this.#name} to print ready`, this.#ready.promise)
  }

  /** Settles when it has ended; gives the code, or the signal. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#closed
    return this.#child.exitCode ?? this.#child.signalCode
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  get isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  said(): string {
    return this.#lines.slice(-100).join('\n')
  }

  faults(): readonly string[] {
    return [...this.#faults]
  }

  /** How long the slowest partition took each time that it handed some over, in ms, as it says itself. */
  handOvers(): readonly number[] {
    return [...this.#handOvers]
  }

  /** Bytes it has in use (resident). */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  }

  /** SIGSTOP and SIGCONT: the connections stay open, and nothing answers. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal)
  }

  /** That it ends is no fault from now on. */
  isToEnd(): void {
    this.#ending = true
  }

  /** Sends the signal, and settles when the process is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.isToEnd()
    this.#child.kill(signal)
    using deadline = new Deadline(STOP_MS)
    deadline.witness(() => this.said())
    try {
      await deadline.wait(`${this.#name} to end after ${signal}`, this.#closed)
    } catch (error) {
      this.#child.kill('SIGKILL')
      throw error
    }
  }

  async #watch(): Promise<void> {
    await once(this.#child, 'close')
    const { exitCode, signalCode } = this.#child
    const how = `code ${exitCode}, signal ${signalCode}`
    if (!this.#ending) this.#faults.push(`${this.#name} ended by itself: ${how}`)
    this.#ready.reject(new Error(`${this.#name} ended before it was ready: ${how}\n${this.said()}`))
  }

  #hear(line: string): void {
    this.#lines.push(shorten(line))
    if (this.#lines.length > 1000) this.#lines.shift()
    const handOver = HANDED_OVER.exec(line)
    if (handOver !== null) this.#handOvers.push(Number(handOver[1]))
    if (line.trim() === 'ready') this.#ready.resolve(undefined)
    if (/^\{"level":"(error|fatal)"/.test(line)) this.#faults.push(shorten(line))
  }
}
