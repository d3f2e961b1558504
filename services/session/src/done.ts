import { hash } from 'node:crypto'
import { renderStanza, type Stanza } from '@jabiru/stanza'
import { markOfRequest } from '@jabiru/wire'
import { storageOf } from './features/archive/policy.ts'

/** A stanza of the client: its number when it was done, and what it is known again by. */
export type DoneStanza = readonly [n: number, mark: string]

/**
 * What is done of a client's stanzas and does not count yet, for something before it is not committed. Who resumes sends
 * it again, under its number or, where something before it was given up meanwhile, under a lower one.
 */
export class Done implements Iterable<DoneStanza> {
  readonly #marks = new Map<number, string>()

  constructor(done: Iterable<DoneStanza> = []) {
    this.addAll(done)
  }

  [Symbol.iterator](): IterableIterator<DoneStanza> {
    return this.#marks.entries()
  }

  get size(): number {
    return this.#marks.size
  }

  add(n: number, stanza: Stanza): void {
    this.#marks.set(n, markOf(stanza))
  }

  addAll(done: Iterable<DoneStanza>): void {
    for (const [n, mark] of done) this.#marks.set(n, mark)
  }

  /** Whether the client's `n`th stanza is one of them: each is told of once. */
  takes(n: number, stanza: Stanza): boolean {
    if (this.#marks.size === 0) return false
    const mark = markOf(stanza)
    for (const [at, known] of this.#marks) {
      // Numbers only grow: it does not come any more.
      if (at < n) this.#marks.delete(at)
      else if (known === mark) return this.#marks.delete(at)
    }
    return false
  }

  /** The client's `n`th stanza counts. */
  counts(n: number): void {
    this.#marks.delete(n)
  }
}

const markOf = (s: Stanza) =>
  s.name === 'iq' ? markOfRequest(s.id ?? '', s.to) : hash('sha256', renderStanza(s), 'base64url')

/** Nothing comes of doing it once more: what is kept is known again by its id. */
export const isHarmlessAgain = (s: Stanza): boolean => s.name === 'message' && storageOf(s).offline
