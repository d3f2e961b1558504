import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type Deadline, Inbox } from '@jabiru/testkit'

/** What a driven client says on a line. */
export interface Event {
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** How a client of another house is run. */
export interface DriverOptions {
  readonly name: string
  readonly command: readonly [file: string, ...args: string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly deadline: Deadline
}

/** A client of another house: told what to do by JSON lines, and heard in JSON lines. */
export class Driver implements AsyncDisposable {
  readonly name: string
  readonly #child: ChildProcess
  readonly #inbox = new Inbox<Event>()
  readonly #deadline: Deadline

  constructor({ name, command: [file, ...args], env = {}, deadline }: DriverOptions) {
    this.name = name
    this.#deadline = deadline
    const transcript = deadline.transcript(name)
    this.#child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#listen((side, line) => transcript.add(side, line))
  }

  /** Tells it to do something. */
  does(what: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#child.stdin?.write(`${JSON.stringify({ do: what, ...fields })}\n`)
  }

  /** Takes the first event of that name in which these fields are so, there already or to come. */
  async says(event: string, fields: Readonly<Record<string, unknown>> = {}): Promise<Event> {
    const wanted = (e: Event) =>
      e.event === event && Object.entries(fields).every(([key, value]) => e.fields[key] === value)
    return this.#deadline.wait(`${this.name} to say ${event} ${JSON.stringify(fields)}`, this.#inbox.take(wanted))
  }

  /** What it said and nobody took. */
  get untaken(): readonly Event[] {
    return this.#inbox.untaken
  }

  /** Settles when it has ended. */
  async ends(): Promise<void> {
    if (this.#child.exitCode === null) await this.#deadline.wait(`${this.name} to end`, once(this.#child, 'exit'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  #listen(note: (side: 'S' | '-', line: string) => void): void {
    const { stdout, stderr } = this.#child
    if (stdout === null || stderr === null) throw new Error('the driver has pipes')
    createInterface({ input: stderr }).on('line', (line) => note('-', line))
    createInterface({ input: stdout }).on('line', (line) => {
      note('S', line)
      const { event, ...fields } = JSON.parse(line)
      this.#inbox.put({ event, fields })
    })
    this.#child.on('error', (error) => this.#inbox.break(error))
    this.#child.on('exit', (code, signal) => {
      this.#inbox.break(new Error(`${this.name} ended: ${code ?? signal}\n\n${this.#deadline.account()}`))
    })
  }
}
