import type { Element } from '@jabiru/xml'
import type { Book } from './book.ts'
import { type Habit, isSteady, type Part } from './cast.ts'
import { UNSTORABLE } from './database-faults.ts'
import {
  letterStanza,
  readLetter,
  requestStanza,
  resultStanza,
  rosterRequest,
  statusOf,
  subscription,
  withOneId,
} from './wire.ts'

/** What a mailbox is made of. */
export interface MailboxOptions {
  readonly part: Part
  readonly book: Book
  readonly domain: string
  readonly write: (e: Element) => void
}

/** Everything a client sends and receives, whatever connection and session it is over, and the bookkeeping of it. */
export class Mailbox {
  /** The last that is known of every address, by its status. */
  readonly seen = new Map<string, string>()
  /** How often each address was seen to go. */
  readonly seenToGo = new Map<string, number>()
  readonly #options: MailboxOptions
  /** What is not acknowledged, with the moment it was first sent. */
  readonly #open = new Map<Element, number>()
  /** Letters of this session or of earlier ones that are not acknowledged, by body, with their recipients. */
  readonly #unacknowledged = new Map<string, string>()
  /** How many sessions the client has closed. */
  closed = 0
  #session = 0
  #counter = 0
  #progress = 0
  #isOver = false

  constructor(options: MailboxOptions) {
    this.#options = options
  }

  /** `client session`. */
  get session(): string {
    return `${this.#options.part.client} ${this.#session}`
  }

  /** A fresh session begins; the one before, unless it was closed, has broken. */
  begins(): void {
    if (!this.#isOver && this.#session > 0) this.#options.book.broken.add(this.session)
    this.#session += 1
    this.#isOver = false
    this.#open.clear()
    this.seen.clear()
  }

  /** The client closes the session itself. */
  closes(): void {
    this.closed += 1
    this.#options.book.broken.add(this.session)
    this.#isOver = true
    if (this.#options.part.manages) return
    this.#unacknowledged.clear()
  }

  /** Writes a numbered message, or one that the database will refuse. */
  writesTo(to: string, unstorable = false): void {
    const { part, book } = this.#options
    this.#counter += 1
    const body = `${this.session} ${this.#counter}${unstorable ? ` ${UNSTORABLE}` : ''}`
    book.letters.set(body, {
      body,
      sender: this.session,
      counter: this.#counter,
      to: to.split('/')[0] ?? to,
      unstorable,
      written: [],
      acknowledged: [],
    })
    if (part.manages) this.#unacknowledged.set(body, to)
    this.#posts(to, body)
  }

  /** What earlier sessions had no acknowledgement for is written anew, or sent again as it was. */
  repeats(): void {
    const letters = [...this.#unacknowledged]
    if (this.#has('forgets')) return letters.forEach(([body, to]) => this.#posts(to, body))
    this.#unacknowledged.clear()
    for (const [, to] of letters) this.writesTo(to)
  }

  #posts(to: string, body: string): void {
    const letter = letterStanza(to, body)
    this.#options.book.letters.get(body)?.written.push(performance.now())
    this.#sends(this.#has('reuses') ? withOneId(letter) : letter)
  }

  #has(habit: Habit): boolean {
    return this.#options.part.habits.includes(habit)
  }

  /** Asks the server, or a client by its full address. */
  asks(to: string | undefined, what: 'ping' | 'disco', peer?: Part): void {
    const { part, book, domain } = this.#options
    this.#counter += 1
    const id = `${this.session}/${this.#counter}`
    const promised = part.manages && (peer === undefined || peer.manages)
    const asked = peer?.client
    const request = { id, session: this.session, asked, promised, acknowledged: false, seen: 0, replied: false }
    book.requests.set(id, { ...request, answers: 0, moments: [{ at: performance.now(), what: 'asked' }] })
    this.#sends(requestStanza(id, to ?? domain, what))
  }

  /** RFC 6121 §2.2: only who has asked for it is told of changes. */
  asksForRoster(): void {
    this.#sends(rosterRequest(`roster ${this.session}`))
  }

  /** Asks to see somebody's presence. */
  subscribes(to: string): void {
    this.#sends(subscription(to, 'subscribe'))
  }

  /** These are handled, says the server. */
  acknowledged(stanzas: readonly Element[]): void {
    const { book } = this.#options
    const now = performance.now()
    for (const e of stanzas) {
      const at = this.#open.get(e)
      if (at === undefined) continue
      this.#open.delete(e)
      if (isSteady(this.#options.part)) {
        book.longestSilenceMs = Math.max(book.longestSilenceMs, now - Math.max(at, this.#progress))
        // Each is followed by a request for it; other stanzas are acknowledged with the next.
        if (e.name === 'message') book.ackMs.push(now - at)
      }
      if (e.name === 'message') this.#letterAcknowledged(e)
      if (e.name === 'iq') this.#iqAcknowledged(e)
    }
    if (stanzas.length > 0) this.#progress = now
  }

  #letterAcknowledged(e: Element): void {
    const { book } = this.#options
    const { body } = readLetter(e)
    book.acknowledged.add(body)
    book.letters.get(body)?.acknowledged.push(performance.now())
    this.#unacknowledged.delete(body)
  }

  #iqAcknowledged({ attrs: { id = '', type } }: Element): void {
    const request = this.#options.book.requests.get(id)
    if (request !== undefined && type === 'get') request.acknowledged = true
    if (request !== undefined && type === 'result') request.replied = true
  }

  /** A stanza came. */
  takes(e: Element): void {
    if (e.name === 'message') this.#takesMessage(e)
    else if (e.name === 'presence') this.#takesPresence(e)
    else this.#takesIq(e)
  }

  #takesMessage(e: Element): void {
    const { book, part, domain } = this.#options
    const letter = readLetter(e)
    if (e.attrs['type'] === 'error') book.bounced.add(e.attrs['id'] ?? '')
    else if (letter.body !== '')
      book.receipts.push({
        ...letter,
        session: this.session,
        account: `${part.account}@${domain}`,
        at: performance.now(),
      })
  }

  #takesPresence(e: Element): void {
    const { from = '', type } = e.attrs
    if (type === 'subscribe') this.#sends(subscription(from, 'subscribed'))
    else if (type === 'unavailable') this.#seesToGo(from)
    else if (type === undefined) this.seen.set(from, statusOf(e))
  }

  #seesToGo(from: string): void {
    this.seen.delete(from)
    this.seenToGo.set(from, (this.seenToGo.get(from) ?? 0) + 1)
  }

  #takesIq(e: Element): void {
    const { id = '', from, type } = e.attrs
    const request = this.#options.book.requests.get(id)
    if (type === 'get' || type === 'set') {
      if (request !== undefined) request.seen += 1
      this.#sends(resultStanza(id, from))
    } else if (request !== undefined) {
      request.answers += 1
      request.moments.push({ at: performance.now(), what: `${type} in ${this.session}` })
    }
  }

  #sends(e: Element): void {
    if (this.#options.part.manages) this.#open.set(e, performance.now())
    this.#options.write(e)
  }
}
