import assert from 'node:assert/strict'
import type { BareJid, FullJid, Jid } from '@jabiru/jid'
import { NS, payload, renderStanza, type Stanza, type StanzaHead, stanza, withHead } from '@jabiru/stanza'
import { type DownEnvelope, type Endpoint, type LaneEnvelope, markOfRequest, type SessionRef } from '@jabiru/wire'
import { type Element, el, textOf } from '@jabiru/xml'
import type { DoneStanza } from '../done.ts'

type Down<K extends DownEnvelope['k']> = Extract<DownEnvelope, { k: K }>

export const bodyOf = (s: Stanza): string => textOf(payload(s, 'body', NS.client))

/** A stanza that came down to one connection. */
export interface Delivered {
  readonly n: number
  readonly stanza: Stanza
  readonly position?: number
}

/** One connection of a connection manager, as owners see it: what it says goes up, what comes down is kept in order. */
export class TestConnection {
  readonly conn: string
  readonly account: BareJid
  readonly #endpoint: Endpoint
  /** Everything that came down and was not asked for yet. */
  readonly inbox: (Delivered | DownEnvelope)[] = []
  #wake: (() => void)[] = []
  session: SessionRef | undefined
  /** What the owner said last of the session, for a later owner. */
  record = ''
  #handled = 0
  #confirmed = 0
  /** The last number of which an owner has said that it has stored that it is confirmed. */
  #stored = 0
  #kept: Delivered[] = []
  /** Requests that it has made, and those that it was given, without an answer: by id and the other side. */
  readonly #asked = new Map<string, readonly [id: string, to: Jid, n: number]>()
  readonly #owed = new Map<string, readonly [id: string, from: Jid]>()
  /** Requests that do not count as handled yet, by id, and those of them that have their answer. */
  readonly #open = new Map<string, DoneStanza>()
  readonly #answered = new Set<DoneStanza>()
  /** What waits at the owner. */
  readonly #held = new Map<string, Stanza>()
  /** The last number of each direction. */
  out = 0
  delivered = 0
  #fences = 0
  #gone = false

  constructor(conn: string, account: BareJid, endpoint: Endpoint) {
    this.conn = conn
    this.account = account
    this.#endpoint = endpoint
  }

  get jid(): FullJid {
    return this.#session().jid
  }

  take(item: Delivered | DownEnvelope): void {
    if ('k' in item && item.k === 'keep') {
      this.record = item.record
      return
    }
    if ('k' in item && item.k === 'hold') {
      this.#held.set(item.key, item.stanza)
      return
    }
    if ('n' in item) {
      // Under an old number it is a repetition.
      if (item.n <= this.delivered) return
      this.delivered = item.n
      this.#held.clear()
      this.#kept.push(item)
      const { name, type, id = '', from } = item.stanza
      if (name === 'iq' && !isRequest(type)) this.#answers(id, from)
      else if (name === 'iq' && from !== undefined) this.#owed.set(`${id} ${from}`, [id, from])
    } else if (item.k === 'bound' || item.k === 'sm-resumed') this.session = item.session
    if ('k' in item && item.k === 'sm-resumed') this.out = item.handled
    this.inbox.push(item)
    const wake = this.#wake
    this.#wake = []
    for (const run of wake) run()
  }

  #answers(id: string, from: Jid | undefined): void {
    this.#asked.delete(`${id} ${from ?? ''}`)
    const done = this.#open.get(id)
    if (done) this.#answered.add(done)
  }

  async bind(resource?: string): Promise<this> {
    this.ask({ resource })
    await this.next('bound')
    return this
  }

  ask({ resource }: { readonly resource?: string | undefined }): void {
    const at = { cm: this.#endpoint.self, conn: this.conn }
    this.#tell({ k: 'bind', account: this.account, at, ...(resource === undefined ? {} : { resource }) })
  }

  /** Sends a stanza; settles when it counts as handled. */
  send(s: Stanza): Promise<void> {
    return this.inPlace(withHead(s, { from: this.jid }))
  }

  /** What a connection manager hands on for its client, or says in the place of that. */
  inPlace(s: Stanza): Promise<void> {
    const { account } = this
    const session = this.#session()
    const { conn } = this
    const n = ++this.out
    const { name, type, id = '', to } = s
    const done = [n, markOfRequest(id, to)] as const
    if (name === 'iq' && isRequest(type)) this.#open.set(id, done)
    if (name === 'iq' && to !== undefined) {
      if (isRequest(type)) this.#asked.set(`${id} ${to}`, [id, to, n])
      else this.#owed.delete(`${id} ${to}`)
    }
    return this.#up({ k: 'out', account, session, n, stanza: s, conn }).then(() => {
      this.#handled = Math.max(this.#handled, n)
      if (this.#open.get(id) === done) this.#open.delete(id)
      this.#answered.delete(done)
    })
  }

  message(to: StanzaHead['to'], text: string, ...more: readonly Element[]): Promise<void> {
    return this.send(stanza({ name: 'message', type: 'chat', to, id: text }, el('body', NS.client, {}, text), ...more))
  }

  /** Broadcasts availability, and waits until it counts. */
  async available(priority = 0): Promise<this> {
    await this.send(stanza({ name: 'presence' }, el('priority', NS.client, {}, String(priority))))
    return this
  }

  async enable(resume = true, max?: number): Promise<Down<'sm-enabled'>> {
    const limit = max === undefined ? {} : { max }
    this.#tell({ k: 'sm-enable', account: this.account, session: this.#session(), resume, ...limit })
    return this.next('sm-enabled')
  }

  resume(previd: string, h: number): void {
    this.#tell({ k: 'sm-resume', account: this.account, at: { cm: this.#endpoint.self, conn: this.conn }, previd, h })
  }

  /** Somebody looks at the client from now on, or nobody does. */
  looked(active: boolean): Promise<void> {
    return this.#up({ k: 'csi', account: this.account, session: this.#session(), active })
  }

  /** What a new owner is told of the session. */
  introduction(): readonly LaneEnvelope[] {
    const { account, session, record, delivered: sent } = this
    if (session === undefined || this.#gone) return []
    const at = { cm: this.#endpoint.self, conn: this.conn }
    const numbers = { handled: this.#handled, sent, confirmed: this.#confirmed }
    const asked = [...this.#asked.values()].map(([id, to, n]) => [id, to, 0, n] as const)
    const underWay = { asked, owed: [...this.#owed.values()], answered: [...this.#answered] }
    const queued = this.#kept.filter(({ n }) => n > this.#confirmed)
    const unstored = this.#kept.filter(({ n }) => n > this.#stored && n <= this.#confirmed)
    const delivered = unstored.flatMap(({ position }) => position ?? [])
    return [
      { k: 'here', account, at, session, record, ...numbers, ...underWay, delivered },
      ...queued.map((one) => ({ k: 'queued', account, session, ...one }) as const),
      ...[...this.#held.values()].map((stanza) => ({ k: 'held', account, session, stanza }) as const),
    ]
  }

  confirm(h = this.delivered): Promise<void> {
    this.#confirmed = h
    const { account, conn } = this
    return this.#up({ k: 'confirm', account, session: this.#session(), h, conn }).then(() => {
      this.#stored = Math.max(this.#stored, h)
    })
  }

  /** Its connection manager dies: nobody is told, and nobody is introduced to a new owner. */
  vanish(): void {
    this.#gone = true
  }

  gone(closed = false): Promise<void> {
    this.#gone = true
    return this.#up({ k: 'gone', account: this.account, session: this.#session(), closed })
  }

  /** The next thing that came down, which is of that kind. */
  async next<K extends DownEnvelope['k']>(kind: K): Promise<Down<K>> {
    const item = await this.#shift()
    if ('k' in item && isKind(item, kind)) return item
    throw new assert.AssertionError({ message: `expected ${kind}, got ${describe(item)}` })
  }

  /** The next thing that came down, which is a stanza. */
  async stanza(): Promise<Stanza> {
    const item = await this.#shift()
    if ('n' in item) return item.stanza
    throw new assert.AssertionError({ message: `expected a stanza, got ${item.k}` })
  }

  /** The texts of the messages that came before the answer to a ping, in order. */
  async texts(): Promise<readonly string[]> {
    return (await this.all()).filter((s) => s.name === 'message').map(bodyOf)
  }

  /** Every stanza that came before the answer to a ping, in order. */
  async all(): Promise<readonly Stanza[]> {
    const id = `fence-${this.conn}-${++this.#fences}`
    // Not waited for: it counts as handled only after all that was sent before.
    const asked = this.send(stanza({ name: 'iq', type: 'get', id }, el('ping', 'urn:xmpp:ping')))
    asked.catch(assert.ifError)
    const found: Stanza[] = []
    for (;;) {
      const next = await this.stanza()
      if (next.id === id) return found
      found.push(next)
    }
  }

  /** Settles after the owner has taken up what was said before. */
  async fence(): Promise<void> {
    await this.#up({ k: 'gone', account: this.account, session: { jid: this.jid, gen: 'none' }, closed: true })
  }

  async #shift(): Promise<Delivered | DownEnvelope> {
    for (;;) {
      const item = this.inbox.shift()
      if (item !== undefined) return item
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }

  #session(): SessionRef {
    assert.ok(this.session, 'no session yet')
    return this.session
  }

  /** What is answered by an envelope of its own. */
  #tell(envelope: LaneEnvelope): void {
    this.#up(envelope).catch(assert.ifError)
  }

  #up(envelope: LaneEnvelope): Promise<void> {
    return this.#endpoint.send('session', this.#endpoint.partitionOf(this.account), envelope)
  }
}

const isRequest = (type: string | undefined) => type === 'get' || type === 'set'

const isKind = <K extends DownEnvelope['k']>(envelope: DownEnvelope, kind: K): envelope is Down<K> =>
  envelope.k === kind

const describe = (item: Delivered | DownEnvelope): string => ('n' in item ? renderStanza(item.stanza) : item.k)
