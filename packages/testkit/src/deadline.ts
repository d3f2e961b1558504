import { merge, Transcript } from './transcript.ts'

/** The deadline passed, or the connection went away, while something was awaited. */
export class NotReceived extends Error {
  override readonly name = 'NotReceived'
}

/** Tells what happened, for the message of a failure. */
export type Witness = () => string

interface Pending {
  readonly what: () => string
  readonly reject: (error: Error) => void
}

/**
 * One absolute deadline for everything a test waits for. Each wait names what it awaits; when the deadline passes, every
 * pending wait fails with that name and with what the witnesses saw.
 */
export class Deadline implements Disposable {
  readonly ms: number
  readonly #timer: NodeJS.Timeout
  readonly #pending = new Set<Pending>()
  readonly #began = performance.now()
  readonly #transcripts: Transcript[] = []
  readonly #witnesses: Witness[] = []
  #passed = false

  constructor(ms: number) {
    this.ms = ms
    this.#timer = setTimeout(() => {
      this.#passed = true
      for (const { what, reject } of this.#pending) reject(this.#failure(what))
    }, ms)
  }

  /** Begins a transcript that every failure will show. */
  transcript(name: string): Transcript {
    const transcript = new Transcript(name)
    this.#transcripts.push(transcript)
    return transcript
  }

  /** Adds someone who is asked what happened when a wait fails. */
  witness(witness: Witness): void {
    this.#witnesses.push(witness)
  }

  /** What passed and what the witnesses tell. */
  account(): string {
    return [merge(this.#transcripts, this.#began), ...this.#witnesses.map((tell) => tell())].join('\n\n')
  }

  /** Settles as the promise does, or fails at the deadline, naming what was awaited. */
  async wait<T>(what: string | (() => string), promise: Promise<T>): Promise<T> {
    const name = typeof what === 'string' ? () => what : what
    if (this.#passed) throw this.#failure(name)
    const { promise: late, reject } = Promise.withResolvers<never>()
    const pending = { what: name, reject }
    this.#pending.add(pending)
    try {
      return await Promise.race([promise, late])
    } finally {
      this.#pending.delete(pending)
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }

  #failure(what: () => string): NotReceived {
    return new NotReceived(`the deadline of ${this.ms} ms passed while awaiting ${what()}\n\n${this.account()}`)
  }
}
