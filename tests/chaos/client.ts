import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, type House, isStanza, Management, SM } from '@jabiru/testkit'
import type { Random } from '@jabiru/testkit/random'
import type { Element } from '@jabiru/xml'
import type { Book } from './book.ts'
import { isSteady, type Part } from './cast.ts'
import { type Link, link } from './link.ts'
import { Mailbox } from './mailbox.ts'
import { presenceStanza } from './wire.ts'

const ENABLE_MS = 10_000
/** How often the time is doubled that it waits before it tries again. */
const MOST_DOUBLED = 3
const GOODBYE_MS = 3_000
/** So long the server believes in a connection that nothing comes through. */
const SWALLOWED_MS = 20_000

/** Who a client is, and where it writes down what happens to it. */
export interface Setting {
  readonly part: Part
  readonly house: () => House
  readonly book: Book
  readonly random: Random
  /** How long it waits for a session before it tries another connection manager. */
  readonly patienceMs?: number
}

/** A client as people use them: it comes back by itself, goes on with its session, and sends again what was not acknowledged. */
export class Client {
  readonly part: Part
  readonly mailbox: Mailbox
  readonly #setting: Setting
  readonly #quit = new AbortController()
  #connection: Connection | undefined
  #management: Management | undefined
  #jid = ''
  #enabled: (() => void) | undefined
  #lost = Promise.withResolvers<undefined>()
  #server: number
  #status = 'first'
  #away = 0
  #streamError: string | undefined
  #trouble = 'it was not refused'
  #life: Promise<void> = Promise.resolve()

  constructor(setting: Setting) {
    this.part = setting.part
    this.#setting = setting
    this.#server = setting.part.server
    const { part, book, house } = setting
    this.mailbox = new Mailbox({ part, book, domain: house().domain, write: (e) => this.#send(e) })
  }

  /** It is there, and nothing of an earlier connection is still to be done. */
  get isOnline(): boolean {
    return this.#connection !== undefined
  }

  /** The full address, once bound. */
  get jid(): string {
    return this.#jid
  }

  get bare(): string {
    return `${this.part.account}@${this.#setting.house().domain}`
  }

  /** What it last told everybody. */
  get status(): string {
    return this.#status
  }

  /** Asks to see those that it is to know. */
  befriends(): void {
    for (const friend of this.part.friends) this.mailbox.subscribes(`${friend}@${this.#setting.house().domain}`)
  }

  /** For whoever looks for the cause. */
  get state(): string {
    if (this.isOnline) return `${this.#management?.unconfirmed.length ?? 0} stanzas are not acknowledged`
    return `it is not online: ${this.#trouble}`
  }

  /** Nothing that it sent waits for an acknowledgement. */
  get isSettled(): boolean {
    return this.isOnline && (this.#management?.unconfirmed.length ?? 0) === 0
  }

  /** Lives until it is told to end. */
  begin(): void {
    this.#life = this.#live()
  }

  /** Asks what has been acknowledged. */
  asks(): void {
    if (this.#management !== undefined) this.#connection?.write(`<r xmlns='${SM}'/>`)
  }

  /** Tells everybody something new. */
  says(status: string): void {
    this.#status = status
    this.#send(presenceStanza(status, this.part.priority))
  }

  /** The network is cut for it. */
  drops(): void {
    this.#connection?.destroy()
  }

  /** It goes, and comes back after a while. */
  leaves(forMs: number): void {
    this.#away = forMs
    this.#goodbye()
  }

  /** Nothing comes through any more, either way, and nobody is told; it goes on over another connection after a while. */
  vanishes(forMs: number): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#connection = undefined
    this.#away = forMs
    connection.transport.pause()
    connection.divert = () => true
    connection.lost = () => undefined
    setTimeout(() => connection.destroy(), SWALLOWED_MS).unref()
    this.#lost.resolve(undefined)
  }

  /** It does not read for a while, or until it is to `quit`. */
  async stalls(forMs: number, quit: AbortSignal): Promise<void> {
    const transport = this.#connection?.transport
    transport?.pause()
    await sleep(forMs, undefined, { signal: quit }).catch(() => undefined)
    transport?.resume()
  }

  /** Goes for good. */
  async ends(): Promise<void> {
    this.#quit.abort()
    this.#goodbye()
    await this.#life
  }

  #goodbye(): void {
    const connection = this.#connection
    if (this.#management !== undefined) connection?.writeElement(this.#management.answer())
    connection?.closeStream()
    // A server that stands still does not answer.
    setTimeout(() => connection?.destroy(), GOODBYE_MS).unref()
    this.#management = undefined
    this.mailbox.closes()
  }

  async #live(): Promise<void> {
    const { random, house, patienceMs } = this.#setting
    let refusals = 0
    while (!this.#quit.signal.aborted) {
      try {
        this.#lost = Promise.withResolvers<undefined>()
        await this.#takesUp(
          await link({ house: house(), part: this.part, server: this.#server, past: this.#past(), patienceMs }),
        )
        // It was to end while it came.
        if (this.#quit.signal.aborted) this.#goodbye()
        refusals = 0
        await this.#lost.promise
      } catch (error) {
        if (error instanceof TypeError) throw error
        this.#server += 1 // Refused, or not there: the other one is tried.
        this.#trouble = String(error)
        refusals += 1
      }
      this.#connection = undefined
      // Most clients wait longer each time.
      await sleep(this.#away + random.int(20, 300) * 2 ** Math.min(refusals, MOST_DOUBLED))
      this.#away = 0
    }
  }

  #past() {
    const management = this.part.habits.includes('forgets') ? undefined : this.#management
    return management === undefined ? undefined : { jid: this.#jid, management }
  }

  async #takesUp({ connection, jid, answer }: Link): Promise<void> {
    this.#jid = jid
    this.#streamError = undefined
    connection.lost = (error) => {
      if (error.name === 'Violation') this.#setting.book.violations.push(error.message.split('\n')[0] ?? '')
      connection.destroy()
      this.#notesLoss(error)
      this.#lost.resolve(undefined)
    }
    if (answer !== undefined) this.#confirms(answer.attrs['h'] ?? (answer.name === 'failed' ? undefined : ''))
    if (answer?.name === 'resumed') {
      this.#setting.book.resumedAt.push(performance.now())
      this.#repeats(connection)
      this.#connection = connection
      this.#attaches(connection)
    } else await this.#begins(connection, answer !== undefined)
    this.asks()
  }

  #notesLoss(error: Error): void {
    const { part } = this
    if (this.#quit.signal.aborted || !part.manages || !isSteady(part)) return
    const why = this.#streamError ?? error.message
    this.#setting.book.lost.push({ at: performance.now(), client: part.client, why })
  }

  /** XEP-0198 §5: what was not acknowledged is sent again. */
  #repeats(connection: Connection): void {
    const management = this.#management
    for (const stanza of management?.unconfirmed ?? []) {
      if (stanza.name === 'iq' && this.part.habits.includes('skips')) management?.withdraws(stanza)
      else connection.writeElement(stanza)
    }
  }

  /** A fresh session: what the one before had not acknowledged is written anew. */
  async #begins(connection: Connection, refused: boolean): Promise<void> {
    if (refused) this.#setting.book.refused += 1
    this.#management = undefined
    this.mailbox.begins()
    this.#attaches(connection)
    if (this.part.manages) await this.#manages(connection)
    this.#connection = connection
    this.mailbox.asksForRoster()
    this.says(this.#status)
    this.mailbox.repeats()
  }

  async #manages(connection: Connection): Promise<void> {
    const { promise: enabled, resolve } = Promise.withResolvers<'enabled'>()
    this.#enabled = () => resolve('enabled')
    connection.write(`<enable xmlns='${SM}' resume='true'/>`)
    const late = sleep(ENABLE_MS, 'late', { ref: false })
    if ((await Promise.race([enabled, this.#lost.promise, late])) === 'enabled') return
    connection.destroy()
    throw new Error('stream management was not enabled')
  }

  #attaches(connection: Connection): void {
    connection.divert = (e) => this.#arrives(connection, e)
    // What came together with the last step is in the connection's inbox already.
    for (const arrival of connection.inbox.takeAll()) {
      if (arrival.kind === 'element') this.#arrives(connection, arrival.element)
      if (arrival.kind === 'closed') this.#lost.resolve(undefined)
    }
  }

  #arrives(connection: Connection, e: Element): true {
    if (isStanza(e)) {
      this.#management?.cameIn()
      this.mailbox.takes(e)
    } else if (e.ns === SM && e.name === 'r') {
      if (this.#management !== undefined) connection.writeElement(this.#management.answer())
    } else if (e.ns === SM && e.name === 'a') this.#confirms(e.attrs['h'])
    else if (e.ns === SM && e.name === 'enabled') this.#enables(connection, e)
    else {
      // A stream error, or <failed/>.
      this.#streamError = e.children.map((one) => (typeof one === 'string' ? one : one.name)).join(' ')
      connection.destroy()
    }
    return true
  }

  /** What it answers to what came together with this counts, and goes out. */
  #enables(connection: Connection, e: Element): void {
    this.#connection = connection
    const management = new Management()
    management.id = e.attrs['id']
    this.#management = management
    this.#enabled?.()
  }

  #confirms(h: string | undefined): void {
    const management = this.#management
    if (management === undefined || h === undefined) return
    try {
      const before = management.unconfirmed
      management.confirms(h)
      this.mailbox.acknowledged(before.slice(0, before.length - management.unconfirmed.length))
    } catch (error) {
      this.#setting.book.violations.push(`${this.part.client}: ${String(error)}`)
    }
  }

  #send(e: Element): void {
    this.#management?.goesOut(e)
    this.#connection?.writeElement(e)
  }
}
