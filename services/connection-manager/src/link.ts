import type { Clock, Timer } from '@jabiru/cluster'
import type { BareJid } from '@jabiru/jid'
import type { Hop } from '@jabiru/runtime'
import type { Stanza, StreamFault } from '@jabiru/stanza'
import type { Bases, ConnectionRef, Delivery, DownEnvelope, SessionRef, UpEnvelope } from '@jabiru/wire'
import type { ConnectionLimits } from './config.ts'
import type { Lanes } from './lanes.ts'
import { type Known, PendingRequests } from './pending-requests.ts'
import { createRecipients } from './recipients.ts'
import { ASK, handledCount, handledTooHigh, wireCount } from './stream/management.ts'

/** How long `<r/>` waits for what came before it to be handled. */
const TELL_AFTER_MS = 1000

const WRAP = 2 ** 32

export interface LinkDeps {
  readonly account: BareJid
  readonly session: SessionRef
  readonly at: ConnectionRef
  readonly lanes: Lanes
  readonly clock: Clock
  readonly limits: ConnectionLimits
  /** Writes whole elements; `taken` runs when the system has the bytes. */
  readonly write: (xml: string, taken?: () => void) => void
  readonly onFault: (fault: StreamFault) => void
  /** Something that came from the client is handled; so many bytes of it still wait. */
  readonly onProgress: (waiting: number) => void
}

/** A session as its owner knows it: the last numbers of both directions, and its requests. */
export interface Resumed extends Bases, Known {
  readonly handled: number
  readonly confirmed: number
}

interface Unconfirmed {
  readonly delivery: Delivery
  readonly stanza: Stanza
  readonly bytes: number
}

/**
 * A socket's part in its session: the numbers of both directions.
 *
 *    out      client ─► 1 … handled … out          `h` to the client is handled − inBase
 *    deliver  owner  ─► 1 … confirmed … sent       `h` of the client is confirmed − outBase
 */
export class Link {
  readonly session: SessionRef
  readonly account: BareJid
  readonly #deps: LinkDeps
  /** What the owner said last of the session, for a later owner; nothing here reads it. */
  #record = ''
  /** What waits at the owner until the client is looked at, for a later owner too. XEP-0352. */
  readonly #held = new Map<string, Stanza>()
  #out = 0
  #handled = 0
  /** Handled before one that came earlier. */
  readonly #early = new Set<number>()
  #sent = 0
  #confirmed = 0
  #bases: Bases | undefined
  /** Stanzas that the client has not confirmed: with XEP-0198 by its count, without it by the system's taking them. */
  #unconfirmed: Unconfirmed[] = []
  #unconfirmedBytes = 0
  /** Confirmed by the client, and not known to be stored. */
  #unstored: readonly Delivery[] = []
  readonly #requests: PendingRequests
  readonly #limited: (sent: Stanza) => Stanza
  #inputBytes = 0
  /** `out` numbers at which the client asked and has no answer yet: the first and the last. */
  #asked: { readonly first: number; readonly last: number } | undefined
  #tellTimer: Timer | undefined
  #sinceAsk = 0
  #askTimer: Timer | undefined
  #confirmDue = false
  #leaving: { readonly closed: boolean; said: boolean } | undefined

  constructor(deps: LinkDeps) {
    this.#deps = deps
    this.session = deps.session
    this.account = deps.account
    this.#requests = new PendingRequests(deps.clock.now)
    this.#limited = createRecipients({ perMinute: deps.limits.recipientsPerMinute, now: deps.clock.now })
  }

  /** Goes on with a session that was resumed: numbers as its owner knows them. */
  resume({ handled, confirmed, inBase, outBase, ...known }: Resumed): void {
    this.#out = this.#handled = handled
    this.#sent = this.#confirmed = confirmed
    this.#bases = { inBase, outBase }
    this.#requests.resume(known)
  }

  /** XEP-0198 counts from here. */
  enable(bases: Bases): void {
    this.#bases = bases
    if (this.#asked) this.#tellIfDue()
  }

  /** What a client that reads nothing holds in memory, beside what its transport has. */
  get unconfirmedBytes(): number {
    return this.#unconfirmedBytes
  }

  /** Bytes that came from the client and wait for the owner. */
  get inputBytes(): number {
    return this.#inputBytes
  }

  /** What the client's next stanza has come to. */
  send(said: Stanza, hop?: Hop): void {
    const stanza = this.#limited(said)
    const n = ++this.#out
    this.#requests.sends(n, stanza)
    const { account, lanes } = this.#deps
    const size = stanza.inner.length + 256
    this.#inputBytes += size
    const out = { k: 'out', account, session: this.session, n, stanza, conn: this.#deps.at.conn } as const
    lanes.up(hop === undefined ? out : { ...out, trace: hop.trace }, () => {
      hop?.end()
      this.#inputBytes -= size
      this.#requests.handled(n)
      this.#settle(n)
      this.#tellIfDue()
      this.#deps.onProgress(this.#inputBytes)
    })
  }

  /**
   * Owners may be done with a later stanza first; `h` counts in order (XEP-0198 §4). Only the early ones go through the set: V8
   * keeps what has been in a busy one until it collects everything.
   */
  #settle(n: number): void {
    if (n === this.#handled + 1) this.#handled = n
    else this.#early.add(n)
    while (this.#early.delete(this.#handled + 1)) this.#handled++
  }

  /** What the owner wants a later owner of the session to know. */
  keep(said: Extract<DownEnvelope, { k: 'keep' | 'hold' }>): void {
    if (said.k === 'keep') this.#record = said.record
    else this.#held.set(said.key, said.stanza)
  }

  /** Somebody looks at the client, or nobody does. XEP-0352. */
  tellState(active: boolean): void {
    const { account, session } = this
    this.#deps.lanes.up({ k: 'csi', account, session, active })
  }

  requestManagement(resume: boolean, max: number | undefined): void {
    const { account } = this.#deps
    this.#deps.lanes.up({
      k: 'sm-enable',
      account,
      session: this.session,
      resume,
      ...(max === undefined ? {} : { max }),
    })
  }

  /** The client asked with `<r/>`. XEP-0198 §4. */
  tellHandled(): void {
    this.#asked = { first: this.#asked?.first ?? this.#out, last: this.#out }
    this.#tellIfDue()
  }

  /** One stanza for the client. What came before under that number or a higher one is not repeated. */
  deliver(delivery: Delivery, stanza: Stanza, xml: string): void {
    const { n } = delivery
    if (n <= this.#sent) return
    this.#sent = n
    // What has waited goes before anything else.
    this.#held.clear()
    this.#requests.gets(stanza)
    // What waits for the system only is counted where it is written.
    this.#unconfirmed.push({ delivery, stanza, bytes: this.managed ? xml.length : 0 })
    if (this.#bases === undefined) {
      this.#deps.write(xml, () => this.#confirmUpTo(n))
      return
    }
    this.#unconfirmedBytes += xml.length
    this.#deps.write(xml)
    this.#askWhenDue()
  }

  /** The client confirms. XEP-0198 §4. */
  confirm(h: number): void {
    if (this.#bases === undefined) return
    const { outBase } = this.#bases
    const more = wireCount(h - wireCount(this.#confirmed - outBase))
    if (more >= WRAP / 2) return // a count from before, out of date
    if (more > this.#sent - this.#confirmed)
      return this.#deps.onFault(handledTooHigh(h, wireCount(this.#sent - outBase)))
    this.#confirmUpTo(this.#confirmed + more)
  }

  /**
   * The stream ends. Without XEP-0198 the owner hears of it when the system has taken what was written: a client that the
   * server sends away reads that. One that goes by itself may not, and is `lost` at once.
   */
  leave(closed: boolean): void {
    this.#tellTimer?.cancel()
    this.#askTimer?.cancel()
    this.#leaving ??= { closed, said: false }
    if (this.managed || this.#unconfirmed.length === 0) this.lost()
  }

  /** The socket is gone, and with it what was not taken. */
  lost(): void {
    const { lanes, account, session } = this.#deps
    const leaving = (this.#leaving ??= { closed: false, said: false })
    if (leaving.said) return
    leaving.said = true
    // The owner is told what the client has before it is told that the client has gone.
    this.#sayConfirmed()
    // Until its owner knows that it is gone, a new owner is told of it, and then that it is gone.
    lanes.up({ k: 'gone', account, session, closed: leaving.closed }, () => lanes.unseat(this))
  }

  /** What a new owner of the account is to know of the session. */
  introduction(): readonly UpEnvelope[] {
    const { account, session } = this
    const numbers = { handled: this.#handled, sent: this.#sent, confirmed: this.#confirmed }
    const delivered = this.#unstored.flatMap(({ position }) => position ?? [])
    const { answered, given: answers, underWay } = this.#requests
    const lists = { delivered, answered, answers, ...underWay }
    const here = { k: 'here', account, at: this.#deps.at, session, record: this.#record, ...numbers, ...lists } as const
    return [
      here,
      ...this.#unconfirmed.map(
        ({ delivery, stanza }) => ({ k: 'queued', account, session, ...numbersOf(delivery), stanza }) as const,
      ),
      ...[...this.#held.values()].map((stanza) => ({ k: 'held', account, session, stanza }) as const),
    ]
  }

  /** XEP-0198 is in force. */
  get managed(): boolean {
    return this.#bases !== undefined
  }

  #tellIfDue(): void {
    if (this.#asked === undefined || this.#bases === undefined) return
    if (this.#handled >= this.#asked.first) this.#tell()
    else this.#tellTimer ??= this.#deps.clock.setTimer(TELL_AFTER_MS, () => this.#tell())
  }

  #tell(): void {
    this.#tellTimer?.cancel()
    this.#tellTimer = undefined
    const { asked, bases } = { asked: this.#asked, bases: this.#bases }
    if (asked === undefined || bases === undefined) return
    this.#deps.write(handledCount(this.#handled - bases.inBase))
    // What was told too early is told once more when it is true.
    this.#asked = this.#handled >= asked.last ? undefined : { first: asked.last, last: asked.last }
  }

  #askWhenDue(): void {
    const { askAfterStanzas, askAfterMs } = this.#deps.limits
    if (++this.#sinceAsk >= askAfterStanzas) this.ask()
    else this.#askTimer ??= this.#deps.clock.setTimer(askAfterMs, () => this.ask())
  }

  /** Asks the client how far it is. */
  ask(): void {
    this.#sinceAsk = 0
    this.#askTimer?.cancel()
    this.#askTimer = undefined
    this.#deps.write(ASK)
  }

  /** The owner hears of it once per turn of the loop. */
  #confirmUpTo(n: number): void {
    if (n <= this.#confirmed || this.#leaving?.said === true) return
    this.#confirmed = n
    let done = 0
    for (const one of this.#unconfirmed) {
      if (one.delivery.n > n) break
      this.#unconfirmedBytes -= one.bytes
      done++
    }
    this.#unstored = [...this.#unstored, ...this.#unconfirmed.slice(0, done).map(({ delivery }) => delivery)]
    if (done > 0) this.#unconfirmed = this.#unconfirmed.slice(done)
    if (this.#unconfirmed.length === 0) {
      this.#askTimer?.cancel()
      this.#askTimer = undefined
      this.#sinceAsk = 0
    }
    if (!this.#confirmDue) setImmediate(() => this.#sayConfirmed())
    this.#confirmDue = true
    if (this.#leaving && this.#unconfirmed.length === 0) this.lost()
  }

  #sayConfirmed(): void {
    if (!this.#confirmDue) return
    this.#confirmDue = false
    const h = this.#confirmed
    const { account, session } = this
    const { conn } = this.#deps.at
    this.#deps.lanes.up({ k: 'confirm', account, session, h, conn }, () => {
      this.#unstored = this.#unstored.filter(({ n }) => n > h)
    })
  }
}

/** What a later owner is to know of a delivery: not its connection. */
const numbersOf = ({ n, to, position }: Delivery) => ({
  n,
  ...(to === undefined ? {} : { to }),
  ...(position === undefined ? {} : { position }),
})
