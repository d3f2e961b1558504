import { setTimeout as sleep } from 'node:timers/promises'
import type { Member } from '@jabiru/testkit'

/** A reason that a process gave at /readyz. */
export interface Said {
  readonly member: string
  /** The name of the reason; `process` where nobody answered. */
  readonly as: string
  readonly text: string
  /** Since the watch began, in ms. */
  readonly afterMs: number
}

const POLL_MS = 100

/** What processes say at /readyz, each thing once, until told to end. */
export class ReadinessWatch {
  readonly said: Said[] = []
  readonly #began = performance.now()
  readonly #quit = new AbortController()
  readonly #watching: Promise<unknown>

  constructor(members: readonly Member[]) {
    this.#watching = Promise.all(members.map((member) => this.#watch(member)))
  }

  async end(): Promise<void> {
    this.#quit.abort()
    await this.#watching
  }

  async #watch(member: Member): Promise<void> {
    while (!this.#quit.signal.aborted) {
      const answer = await member.readiness()
      const reasons = answer === undefined ? { process: 'no answer' } : answer.reasons
      for (const [as, text] of Object.entries(reasons)) this.#notes({ member: member.name, as, text })
      await sleep(POLL_MS)
    }
  }

  #notes(one: Omit<Said, 'afterMs'>): void {
    if (this.said.some(({ member, as }) => member === one.member && as === one.as)) return
    this.said.push({ ...one, afterMs: performance.now() - this.#began })
  }
}

/** Settles when all say that they are ready, or the time is over; gives what those say that are not. */
export async function allReady(members: readonly Member[], withinMs: number): Promise<readonly string[]> {
  for (const end = performance.now() + withinMs; ; await sleep(POLL_MS)) {
    const answers = await Promise.all(
      members.map(async (member) => ({ member: member.name, answer: await member.readiness() })),
    )
    const not = answers.filter(({ answer }) => answer?.status !== 200)
    if (not.length === 0) return []
    if (performance.now() < end) continue
    return not.map(({ member, answer }) => `${member} is not ready: ${JSON.stringify(answer?.reasons ?? 'no answer')}`)
  }
}
