import type { Transport } from './transport/transport.ts'

/** Why a connection is not read at the moment. */
export const Hold = {
  /** A TLS handshake goes on. */
  handshake: 1,
  /** Somebody else has the word: auth, or the owner. */
  answer: 2,
  /** The client does not read what is written to it. */
  output: 4,
  /** Too much of this client waits for the owner. */
  input: 8,
  /** Too much of everybody's waits for the owner. */
  lane: 16,
  /** This client has sent more than it may in this time. */
  pace: 32,
} as const

interface IntakeDeps {
  readonly transport: Transport
  /** How much of a chunk to read at once. */
  readonly cut: (chunk: Uint8Array) => number
  readonly read: (bytes: Uint8Array) => void
}

const BLANK: readonly number[] = [0x20, 0x09, 0x0a, 0x0d]

/** Where the first byte stands that is no white space. */
function firstWord(chunk: Uint8Array): number {
  const at = chunk.findIndex((byte) => !BLANK.includes(byte))
  return at < 0 ? chunk.length : at
}

/** What is read from one connection, and when. */
export class Intake {
  readonly #deps: IntakeDeps
  #holds = 0
  #kept: Uint8Array[] = []
  #closed = false
  #skipping = false

  constructor(deps: IntakeDeps) {
    this.#deps = deps
  }

  /** Whether something was received and is not read yet; white space is nothing. */
  get hasMore(): boolean {
    return this.#kept.some((chunk) => firstWord(chunk) < chunk.length)
  }

  /**
   * White space that comes next belongs to what was read before: clients end their lines. RFC 6120 §11.7.
   * COMPAT(go-sendxmpp, always): a line break after `<auth/>` would stand before the declaration of the next stream.
   */
  skipBlank(): void {
    this.#skipping = true
  }

  holds(reason: number): boolean {
    return (this.#holds & reason) !== 0
  }

  hold(reason: number): void {
    this.#set(this.#holds | reason)
  }

  release(reason: number): void {
    this.#set(this.#holds & ~reason)
  }

  take(chunk: Uint8Array): void {
    if (this.#closed) return
    this.#kept.push(chunk)
    this.#feed()
  }

  /** What still comes is not heard. */
  close(): void {
    this.#closed = true
    this.#kept = []
    this.#deps.transport.resume()
  }

  #set(holds: number): void {
    const before = this.#holds
    this.#holds = holds
    if (this.#closed || (before === 0) === (holds === 0)) return
    if (holds !== 0) return this.#deps.transport.pause()
    this.#deps.transport.resume()
    this.#feed()
  }

  #next(): Uint8Array | undefined {
    for (;;) {
      const chunk = this.#kept.shift()
      if (chunk === undefined || !this.#skipping) return chunk
      const word = firstWord(chunk)
      if (word === chunk.length) continue
      this.#skipping = false
      return chunk.subarray(word)
    }
  }

  /** What was received is read on, except while an answer is due: what comes after it may be another language. */
  #feed(): void {
    while (!this.holds(Hold.answer | Hold.handshake)) {
      const chunk = this.#next()
      if (chunk === undefined) return
      const cut = this.#deps.cut(chunk)
      if (cut < chunk.length) this.#kept.unshift(chunk.subarray(cut))
      this.#deps.read(cut < chunk.length ? chunk.subarray(0, cut) : chunk)
    }
  }
}
