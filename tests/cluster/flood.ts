import { setTimeout as sleep } from 'node:timers/promises'
import type { Device, Member } from '@jabiru/testkit'

/** Nothing has been taken for so long: the server does not read. */
const STALLED_MS = 1_500
/** What is not held back until then is held back by nothing. */
const LONGEST_MS = 4_000
const POLL_MS = 50
/** Written at once; what the systems between take is more. */
const CHUNK = 20

/** Clients that write to others, each as fast as the server takes it. */
export class Flood {
  #bytes = 0
  #isOver = false
  readonly #pouring: Promise<unknown>

  constructor(pairs: readonly (readonly [from: Device, to: Device])[], bodyBytes: number) {
    this.#pouring = Promise.all(pairs.map((pair) => this.#pour(pair, 'x'.repeat(bodyBytes))))
  }

  /** Bytes that were taken. */
  get bytes(): number {
    return this.#bytes
  }

  /** Settles when nothing more is taken, or after long enough. */
  async holdsOn(): Promise<void> {
    let [last, since] = [this.#bytes, performance.now()]
    for (const end = since + LONGEST_MS; performance.now() < end; await sleep(POLL_MS)) {
      if (this.#bytes !== last) [last, since] = [this.#bytes, performance.now()]
      if (performance.now() - since > STALLED_MS) return
    }
  }

  /** Nothing more is written; settles when what was written is taken. */
  async ends(): Promise<void> {
    this.#isOver = true
    await this.#pouring
  }

  async #pour([from, to]: readonly [Device, Device], body: string): Promise<void> {
    const message = `<message to='${to.jid}' type='chat'><body>${body}</body></message>`
    while (!this.#isOver) {
      from.connection.pour(message.repeat(CHUNK))
      await from.connection.transport.drained()
      this.#bytes += message.length * CHUNK
    }
  }
}

/** What each process has in use, in bytes. */
export async function memoryOf(members: readonly Member[]): Promise<ReadonlyMap<string, number>> {
  const pairs = members.map(async (member) => [member.name, await member.memory()] as const)
  return new Map(await Promise.all(pairs))
}
