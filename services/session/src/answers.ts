import { dropOldest } from '@jabiru/runtime'
import type { Stanza } from '@jabiru/stanza'

/** So many answers are remembered: more than are on their way when an owner dies. */
const REMEMBERED = 32

/**
 * The last answers that a session was given. What one owner sends to another is sent again when either dies, and a
 * request is answered once (RFC 6120 §8.2.3): the first answer stands.
 */
export class Answers {
  /** Who answered, by id. */
  readonly #given: Map<string, string>

  /** What the session was given under an owner before. */
  constructor(given: readonly (readonly [id: string, from: string])[] = []) {
    this.#given = new Map(given)
  }

  /** The client asks under this id: an answer to it is a new one. */
  asks(id: string | undefined): void {
    if (id !== undefined) this.#given.delete(id)
  }

  /** Whether this answer is the first of its sender to what was asked under its id. */
  takes({ id = '', from }: Stanza): boolean {
    const sender = from ?? ''
    if (this.#given.get(id) === sender) return false
    this.#given.set(id, sender)
    dropOldest(this.#given, REMEMBERED)
    return true
  }
}
