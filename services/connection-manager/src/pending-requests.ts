import type { Stanza } from '@jabiru/stanza'

/** So many answers are told of: more than are on their way when an owner dies. */
const REMEMBERED = 16

/**
 * Requests of a client that its owner has not settled, and which of them have been answered: one is answered at once and
 * settled after what came before it. An owner that takes over in between is not to have it answered once more.
 */
export class PendingRequests {
  /** By id; undefined where several have it, for none can tell whose answer comes. */
  readonly #open = new Map<string, number | undefined>()
  readonly #ids = new Map<number, string>()
  readonly #answered = new Set<number>()
  /** Who answered last, by id. */
  readonly #given = new Map<string, string>()

  /** `n` of those that have been answered. */
  get answered(): readonly number[] {
    return [...this.#answered]
  }

  /** Id and sender of the last answers. */
  get given(): readonly (readonly [id: string, from: string])[] {
    return [...this.#given]
  }

  /** The client's `n`th stanza. */
  asks(n: number, { name, type, id }: Stanza): void {
    if (name !== 'iq' || (type !== 'get' && type !== 'set') || id === undefined) return
    this.#given.delete(id)
    this.#open.set(id, this.#open.has(id) ? undefined : n)
    this.#ids.set(n, id)
  }

  /** A stanza for the client. */
  answers({ name, type, id, from }: Stanza): void {
    if (name !== 'iq' || (type !== 'result' && type !== 'error') || id === undefined) return
    this.#given.set(id, from ?? '')
    const [oldest] = this.#given.keys()
    if (this.#given.size > REMEMBERED && oldest !== undefined) this.#given.delete(oldest)
    const n = this.#open.get(id)
    if (n !== undefined) this.#answered.add(n)
  }

  /** The owner has settled the `n`th stanza. */
  handled(n: number): void {
    const id = this.#ids.get(n)
    if (id === undefined) return
    this.#ids.delete(n)
    this.#answered.delete(n)
    this.#open.delete(id)
  }
}
