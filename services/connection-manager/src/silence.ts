import type { ConnectionLimits } from './config.ts'

/** How long a client has said nothing, and what that means. */
export class Silence {
  #heardAt: number
  #probedAt: number | undefined

  constructor(now: number) {
    this.#heardAt = now
  }

  heard(now: number): void {
    this.#heardAt = now
    this.#probedAt = undefined
  }

  /** Whether a sign of life is to be asked for, once, or has been asked for in vain. RFC 6120 §4.6.1. */
  check(now: number, { silenceMs, silenceGraceMs }: ConnectionLimits): 'bearable' | 'suspect' | 'over' {
    if (now - this.#heardAt < silenceMs) return 'bearable'
    if (this.#probedAt !== undefined) return now - this.#probedAt < silenceGraceMs ? 'bearable' : 'over'
    this.#probedAt = now
    return 'suspect'
  }
}
