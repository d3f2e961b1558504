import type { Jid } from '@jabiru/jid'
import { dropOldest } from '@jabiru/runtime'
import type { Stanza } from '@jabiru/stanza'
import { MOST_ASKED, MOST_OWED, markOfRequest, type UnderWay } from '@jabiru/wire'

/** So many answers are told of: more than are on their way when an owner dies. */
const REMEMBERED = 16

const isRequest = ({ type }: Stanza) => type === 'get' || type === 'set'

/** What the owner knows of a session's requests. */
export interface Known extends UnderWay {
  /** Done and not handled. */
  readonly answered?: readonly (readonly [n: number, mark: string])[]
}

/**
 * Requests of a client, and those that it was given, as a later owner must know of them: which have no answer yet, and
 * which have one and are not settled, for one is answered at once and settled after what came before it.
 */
export class PendingRequests {
  readonly #now: () => number
  /** By id; undefined where several have it, for none can tell whose answer comes. */
  readonly #open = new Map<string, number | undefined>()
  readonly #ids = new Map<number, { readonly id: string; readonly mark: string }>()
  /** What they are known again by. */
  readonly #answered = new Map<number, string>()
  /** Done under an owner before, and not sent once more by the client yet: `n` by what they are known again by. */
  readonly #done = new Map<string, number>()
  /** Who answered last, by id. */
  readonly #given = new Map<string, string>()
  /** Made by the client and not answered, by id and addressee. */
  readonly #asked = new Map<
    string,
    { readonly id: string; readonly to: Jid; readonly n: number; readonly at: number }
  >()
  /** Given to the client and not answered, by id and asker. */
  readonly #owed = new Map<string, readonly [id: string, from: Jid]>()

  /** `now`: a monotonic clock, in ms. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** What the owner knows of a session that goes on here. */
  resume({ asked = [], owed = [], answered = [] }: Known): void {
    for (const [n, mark] of answered) this.#done.set(mark, n)
    for (const [id, to, ageMs, n] of asked)
      this.#asked.set(markOfRequest(id, to), { id, to, n, at: this.#now() - ageMs })
    for (const [id, from] of owed) this.#owed.set(markOfRequest(id, from), [id, from])
  }

  /** Those that have been answered, by `n`. */
  get answered(): readonly (readonly [n: number, mark: string])[] {
    return [...this.#answered, ...[...this.#done].map(([mark, n]) => [n, mark] as const)]
  }

  /** Id and sender of the last answers. */
  get given(): readonly (readonly [id: string, from: string])[] {
    return [...this.#given]
  }

  get underWay(): UnderWay {
    const asked = [...this.#asked.values()].map(({ id, to, n, at }) => [id, to, this.#now() - at, n] as const)
    return { asked, owed: [...this.#owed.values()] }
  }

  /** The client's `n`th stanza. */
  sends(n: number, stanza: Stanza): void {
    const { name, id, to } = stanza
    if (name !== 'iq' || id === undefined) return
    if (!isRequest(stanza)) {
      if (to !== undefined) this.#owed.delete(markOfRequest(id, to))
      return
    }
    const mark = markOfRequest(id, to)
    this.#ids.set(n, { id, mark })
    // Its answer has come, or is one that `resume` told of.
    if (this.#done.delete(mark)) return void this.#answered.set(n, mark)
    this.#given.delete(id)
    this.#open.set(id, this.#open.has(id) ? undefined : n)
    if (to === undefined) return
    this.#asked.delete(mark)
    this.#asked.set(mark, { id, to, n, at: this.#now() })
    dropOldest(this.#asked, MOST_ASKED)
  }

  /** A stanza for the client. */
  gets(stanza: Stanza): void {
    const { name, id, from } = stanza
    if (name !== 'iq' || id === undefined) return
    if (!isRequest(stanza)) return this.#answers(id, from)
    if (from === undefined) return
    this.#owed.set(markOfRequest(id, from), [id, from])
    dropOldest(this.#owed, MOST_OWED)
  }

  #answers(id: string, from: Jid | undefined): void {
    this.#given.set(id, from ?? '')
    dropOldest(this.#given, REMEMBERED)
    if (from !== undefined) this.#asked.delete(markOfRequest(id, from))
    const n = this.#open.get(id)
    const { mark } = this.#ids.get(n ?? 0) ?? {}
    if (n !== undefined && mark !== undefined) this.#answered.set(n, mark)
  }

  /** The owner has settled the `n`th stanza. */
  handled(n: number): void {
    const { id } = this.#ids.get(n) ?? {}
    if (id === undefined) return
    this.#ids.delete(n)
    this.#answered.delete(n)
    this.#open.delete(id)
  }
}
