import { type Element, el } from '@jabiru/xml'

/** The namespace of XEP-0198. */
export const SM = 'urn:xmpp:sm:3'

const WRAP = 2 ** 32

/** A broken promise of the server about the counters of XEP-0198. */
export class CountersWrong extends Error {
  override readonly name = 'CountersWrong'
}

/**
 * One side of XEP-0198 §4, kept faithfully: counts what came in, keeps what went out until the server has confirmed it,
 * and refuses a server whose `h` goes back or beyond what was sent.
 */
export class Management {
  /** Stanzas received since <enabled/>. */
  received = 0
  /** Stanzas sent since <enable/>. */
  sent = 0
  /** The last `h` of the server. */
  confirmed = 0
  /** What lets the session be resumed; undefined while it cannot. */
  id: string | undefined
  readonly #unconfirmed: Element[] = []

  /** What was sent and is not confirmed, oldest first. */
  get unconfirmed(): readonly Element[] {
    return [...this.#unconfirmed]
  }

  /** Counts a stanza that goes out. */
  goesOut(stanza: Element): void {
    this.sent = (this.sent + 1) % WRAP
    this.#unconfirmed.push(stanza)
  }

  /** It will not be sent again: what was not confirmed counts as never sent. */
  withdraws(stanza: Element): void {
    const at = this.#unconfirmed.indexOf(stanza)
    if (at < 0) return
    this.#unconfirmed.splice(at, 1)
    this.sent = (this.sent - 1 + WRAP) % WRAP
  }

  /** Counts a stanza that came in. */
  cameIn(): void {
    this.received = (this.received + 1) % WRAP
  }

  /** Takes the `h` of <a/>, <resumed/> or <failed/>. */
  confirms(h: string | undefined): void {
    if (h === undefined || !/^(0|[1-9]\d{0,9})$/.test(h)) throw new CountersWrong(`h is no number: '${h ?? ''}'`)
    const newly = (Number(h) - this.confirmed + WRAP) % WRAP
    if (newly > this.#unconfirmed.length) {
      throw new CountersWrong(`h went from ${this.confirmed} to ${h}, but ${this.sent} were sent`)
    }
    this.#unconfirmed.splice(0, newly)
    this.confirmed = Number(h)
  }

  /** The client's <a/>. */
  answer(): Element {
    return el('a', SM, { h: String(this.received) })
  }
}

/** Whether XEP-0198 §4 counts this element: message, presence and iq, nothing else. */
export function isStanza(e: Element): boolean {
  return e.ns === 'jabber:client' && ['message', 'presence', 'iq'].includes(e.name)
}
