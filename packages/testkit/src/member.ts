import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Deadline } from './deadline.ts'
import type { Place } from './house.ts'
import { PORTS_NEEDED, placeAt, portSettings, readyUrl } from './listening.ts'
import { freePorts } from './ports.ts'
import { ServerProcess, type Settings, spawnJabiru } from './server-process.ts'

const READY_MS = 60_000
const POLL_MS = 20
const ANSWER_MS = 2_000

/** What /readyz says. */
export interface ReadyAnswer {
  readonly status: number
  /** Why not, by name; empty where it is ready. */
  readonly reasons: Readonly<Record<string, string>>
}

/** What a process of a cluster runs. */
export interface MemberOptions {
  readonly name: string
  readonly services: readonly string[]
  readonly settings: Settings
  /** Node's own. */
  readonly flags?: readonly string[] | undefined
}

/** One process of a cluster. It keeps its ports and its folder from one life to the next. */
export class Member implements AsyncDisposable {
  readonly name: string
  readonly #options: MemberOptions
  readonly #ports: readonly number[]
  readonly #folder: string
  readonly #lives: ServerProcess[] = []

  private constructor(options: MemberOptions, ports: readonly number[], folder: string) {
    this.name = options.name
    this.#options = options
    this.#ports = ports
    this.#folder = folder
  }

  /** Starts the process; see `ready`. */
  static async start(options: MemberOptions): Promise<Member> {
    const folder = await mkdtemp(join(tmpdir(), 'jabiru-member-'))
    const member = new Member(options, await freePorts(PORTS_NEEDED), folder)
    member.launch()
    return member
  }

  /** The process of this life. */
  get pid(): number | undefined {
    return this.#life.pid
  }

  /** This life has ended. */
  get isGone(): boolean {
    return this.#life.isGone
  }

  /** Where it takes clients, if it does. */
  get place(): Place {
    return placeAt(this.#ports)
  }

  /** Begins the next life. */
  launch(): void {
    const { name, services, flags } = this.#options
    this.#lives.push(new ServerProcess(name, spawnJabiru(['run', ...services], this.#env, flags)))
  }

  /** Begins the next life, and settles when it serves. */
  async restart(): Promise<void> {
    if (!this.#life.isGone) throw new Error(`${this.name} is running`)
    this.launch()
    await this.ready()
  }

  /** Settles when it has said `ready`, and /readyz agrees. */
  async ready(): Promise<void> {
    await this.#life.ready()
    await this.answers('200', ({ status }) => status === 200)
  }

  /** Settles when /readyz answers so. */
  async answers(what: string, wanted: (answer: ReadyAnswer) => boolean): Promise<ReadyAnswer> {
    using deadline = new Deadline(READY_MS)
    deadline.witness(() => this.said())
    for (;;) {
      const answer = await deadline.wait(`${this.name} to answer ${what} at /readyz`, this.readiness())
      if (answer !== undefined && wanted(answer)) return answer
      await deadline.wait(`${this.name} to answer ${what} at /readyz: ${JSON.stringify(answer)}`, sleep(POLL_MS))
    }
  }

  /** What /readyz says now; undefined where nobody answers. */
  async readiness(): Promise<ReadyAnswer | undefined> {
    try {
      const response = await fetch(readyUrl(this.#ports), { signal: AbortSignal.timeout(ANSWER_MS) })
      return { status: response.status, reasons: reasonsOf(await response.json()) }
    } catch {
      return undefined // refused: it is not there yet; or it stands still
    }
  }

  /** Ends it as an operator would. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** Ends it by `jabiru drain`; gives what that said. */
  async drain(): Promise<readonly string[]> {
    this.#life.isToEnd()
    const command = spawnJabiru(['drain'], this.#env)
    const said: string[] = []
    for (const stream of [command.stdout, command.stderr])
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => said.push(line))
    await once(command, 'close')
    if (command.exitCode !== 0)
      throw new Error(`drain of ${this.name} ended with ${command.exitCode}: ${said.join('; ')}`)
    await this.#life.ended()
    return said
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** It stands still: its connections stay open, and nothing answers. */
  pause(): void {
    this.#life.signal('SIGSTOP')
  }

  resume(): void {
    this.#life.signal('SIGCONT')
  }

  /** Settles when it has ended by itself; gives its code, or the signal. */
  ended(): Promise<number | NodeJS.Signals | null> {
    return this.#life.ended()
  }

  said(): string {
    return this.#lives.map((life) => life.said()).join('\n')
  }

  faults(): readonly string[] {
    return this.#lives.flatMap((life) => life.faults()).map((fault) => `${this.name}: ${fault}`)
  }

  /** How long the slowest partition took each time that it handed some over, in ms, in all its lives. */
  handOvers(): readonly number[] {
    return this.#lives.flatMap((life) => life.handOvers())
  }

  async memory(): Promise<number> {
    return this.#life.isGone ? 0 : this.#life.memory()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume()
    await this.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  get #env(): Settings {
    return { ...this.#options.settings, JABIRU_DATA_DIR: this.#folder, ...portSettings(this.#ports) }
  }

  get #life(): ServerProcess {
    const life = this.#lives.at(-1)
    if (life === undefined) throw new Error(`${this.name} was never started`)
    return life
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#life.isGone) await this.#life.end(signal)
  }
}

function reasonsOf(json: unknown): Readonly<Record<string, string>> {
  if (!(json instanceof Object) || !('reasons' in json) || !(json.reasons instanceof Object)) return {}
  return Object.fromEntries(Object.entries(json.reasons).map(([name, reason]) => [name, String(reason)]))
}
