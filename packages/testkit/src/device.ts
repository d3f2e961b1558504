import { child, type Element, el } from '@jabiru/xml'
import type { Actor } from './actor.ts'
import type { Connection } from './connection.ts'
import { isStanza, Management, SM } from './management.ts'
import { Markup, show, xml } from './markup.ts'
import { explain, matches } from './match.ts'
import { type LoginOptions, Session, type SessionOptions } from './session.ts'

const STREAMS = 'http://etherx.jabber.org/streams'
const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams'
const PING = 'urn:xmpp:ping'

/** How a session is resumed, where it is not the way clients do it. */
export interface ResumeOptions extends LoginOptions {
  readonly previd?: string
  readonly h?: number
}

/** A client of an account: it does what a story tells it to, in the words of the story. */
export class Device {
  readonly name: string
  readonly owner: Actor
  readonly #session: Session
  #available = false

  constructor({ owner, ...options }: SessionOptions & { readonly owner: Actor }) {
    this.name = options.name
    this.owner = owner
    this.#session = new Session(options)
  }

  /** The full address, once bound. */
  get jid(): string {
    return this.#session.jid
  }

  /** The connection it has, once connected. */
  get connection(): Connection {
    return this.#session.connection
  }

  /** Whether it ever connected. */
  get hasConnected(): boolean {
    return this.#session.hasConnected
  }

  /** Whether it came online and did not go since. */
  get isOnline(): boolean {
    return this.#available
  }

  /** The counters of XEP-0198, once enabled. */
  get management(): Management {
    const { management } = this.#session
    if (management === undefined) throw new Error(`${this.name} has not enabled stream management`)
    return management
  }

  /** What arrived and was not taken by the story. */
  get untaken(): readonly Element[] {
    return this.#session.inbox.untaken
  }

  /** Connects, secures and authenticates; gives the features of the authenticated stream. Throws LoginRefused. */
  async authenticates(options: LoginOptions = {}): Promise<Element> {
    await this.owner.exists()
    return this.#session.authenticate(options)
  }

  /** Logs in through resource binding: connected, and not yet available. Gives the features it found. */
  async logsIn(options: LoginOptions = {}): Promise<Element> {
    const features = await this.authenticates(options)
    await this.#session.bind(features, options.resource)
    this.#available = false
    return features
  }

  /**
   * Logs in, asks for the roster and becomes available. Takes the echo of its own presence, and sees to it that the
   * other devices of the account know of it and it of them.
   */
  async comesOnline(options: LoginOptions = {}): Promise<void> {
    await this.logsIn(options)
    await this.becomesAvailable()
  }

  /** What comesOnline does after login. */
  async becomesAvailable(): Promise<void> {
    await this.asks(xml`<iq type="get"><query xmlns="jabber:iq:roster"/></iq>`, xml`<iq type="result"/>`)
    this.sends(xml`<presence/>`)
    await this.receives(xml`<presence from="${this}"/>`) // RFC 6121 §4.2.2: to all resources, this one included
    for (const other of this.owner.devices.filter((d) => d !== this && d.isOnline)) {
      await other.receives(xml`<presence from="${this}"/>`)
      await this.receives(xml`<presence from="${other}"/>`)
    }
    this.#available = true
  }

  /** Sends a stanza. An iq without an id is given one. */
  sends(stanza: Markup | Element): void {
    this.#session.send(stanza instanceof Markup ? stanza.element() : stanza)
  }

  /** Sends an iq and gives the answer, result or error; checks it against the pattern where one is given. */
  async asks(iq: Markup | Element, expected?: Markup): Promise<Element> {
    const sent = this.#session.send(iq instanceof Markup ? iq.element() : iq)
    const answers = (e: Element) =>
      e.name === 'iq' && e.attrs['id'] === sent.attrs['id'] && ['result', 'error'].includes(e.attrs['type'] ?? '')
    const reply = await this.#session.take(() => `the answer to ${show(sent)}`, answers)
    const pattern = expected?.element()
    if (pattern !== undefined && !matches(pattern, reply)) throw this.#session.unlike(explain(pattern, [reply]))
    return reply
  }

  /** Takes the first stanza, already there or to come, in which everything that is written is found. */
  async receives(markup: Markup): Promise<Element> {
    const pattern = markup.element()
    return this.#session.take(
      () => explain(pattern, this.untaken),
      (e) => matches(pattern, e),
    )
  }

  /** Takes the next stanzas, which must be these, in this order, with nothing more in them. */
  async receivesExactly(...markups: readonly Markup[]): Promise<void> {
    for (const markup of markups) {
      const pattern = markup.element()
      const e = await this.#session.take(() => explain(pattern, [], 'exact'), isStanza)
      if (!matches(pattern, e, 'exact')) throw this.#session.unlike(explain(pattern, [e], 'exact'))
    }
  }

  /**
   * Proves that nothing came but what was taken: what those in `after` had sent before has come by the time a message of
   * theirs comes, and so has what the device's own lane and its archive held when a ping and a letter to itself come.
   */
  async receivesNothingElse({ after = [] }: { readonly after?: readonly Device[] } = {}): Promise<void> {
    for (const other of after) await other.reaches(this)
    await this.pingsItself()
    await this.writesToItself()
    const rest = this.untaken.filter(isStanza).map((e) => `    ${show(e)}`)
    if (rest.length > 0) throw this.#session.unlike(`nothing else, and received\n${rest.join('\n')}`)
  }

  /** Sends a message that nobody keeps or copies to a device, and settles when it has come there. */
  async reaches(other: Device): Promise<void> {
    const id = this.#session.nextId('fence')
    this.#session.send(el('message', 'jabber:client', { type: 'headline', id, to: other.jid }))
    await other.#session.take(
      `the message ${id} of ${this.name}`,
      (e) => e.attrs['id'] === id && e.attrs['from'] === this.jid,
    )
  }

  /** Sends a ping to itself, and settles when it has come and the answer is back (XEP-0199 §4.4). */
  async pingsItself(): Promise<void> {
    const id = this.#session.nextId('fence')
    const isPing = (e: Element) => e.attrs['id'] === id && e.attrs['from'] === this.jid
    this.#session.send(el('iq', 'jabber:client', { type: 'get', id, to: this.jid }, el('ping', PING)))
    await this.#session.take('its ping to itself', (e) => isPing(e) && e.attrs['type'] === 'get')
    this.#session.send(el('iq', 'jabber:client', { type: 'result', id, to: this.jid }))
    await this.#session.take('the answer to its ping to itself', (e) => isPing(e) && e.attrs['type'] === 'result')
  }

  /** Sends itself a message that is kept until it is delivered, and settles when it has come: after all older ones. */
  async writesToItself(): Promise<void> {
    const id = this.#session.nextId('letter')
    const body = el('body', 'jabber:client', {}, 'fence')
    // XEP-0280 §9: no copies for the other devices.
    const alone = [el('private', 'urn:xmpp:carbons:2'), el('no-copy', 'urn:xmpp:hints')]
    this.#session.send(el('message', 'jabber:client', { type: 'chat', id, to: this.jid }, body, ...alone))
    await this.#session.take('its letter to itself', (e) => e.attrs['id'] === id && e.attrs['from'] === this.jid)
  }

  /** Lets go of all that has come up to a ping to itself. */
  async forgets(): Promise<void> {
    await this.pingsItself()
    this.takesAll()
  }

  /** Takes every stanza that has come and was not taken. */
  takesAll(): readonly Element[] {
    return this.#session.inbox.takeAll().filter(isStanza)
  }

  /** Writes text or bytes as they are, counted nowhere. */
  writes(data: string | Uint8Array): void {
    this.connection.write(data)
  }

  /** Writes the text of an iq as it is, and takes an answer to its id as one to a request. */
  writesIq(id: string, text: string): void {
    this.#session.expectAnswer(id)
    this.connection.write(text)
  }

  /** Takes the end the server makes of the stream: one of these errors, the closing tag, the closed connection. */
  async receivesStreamError(...conditions: readonly string[]): Promise<Element> {
    const what = `a stream error <${conditions.join('/> or <')}/>`
    this.#available = false
    const error = await this.#session.take(what, (e) => e.ns === STREAMS && e.name === 'error')
    if (!conditions.some((condition) => child(error, condition, STREAM_ERRORS))) {
      throw this.#session.unlike(`${what}, and received ${show(error)}`)
    }
    await this.connection.ended()
    return error
  }

  /** Closes the stream and waits until the server has closed it too (RFC 6120 §4.4). */
  async leaves(): Promise<void> {
    this.#available = false
    this.connection.closeStream()
    await this.connection.ended()
  }

  /** Is gone without a word; only the system notices. */
  vanishes(): void {
    this.#available = false
    this.connection.destroy()
  }

  /** Settles when the connection is gone. */
  async seesLoss(): Promise<void> {
    await this.connection.closed()
  }

  /** Waits until the server asks what it has received. */
  async isAskedToAcknowledge(): Promise<void> {
    await this.#session.take('<r/>', (e) => e.ns === SM && e.name === 'r')
  }

  /** Stops reading; the server's bytes stay in the systems' buffers until they are full. */
  stopsReading(): void {
    this.connection.transcript.add('-', 'stops reading')
    this.connection.transport.pause()
  }

  /** Reads again. */
  readsAgain(): void {
    this.connection.transcript.add('-', 'reads again')
    this.connection.transport.resume()
  }

  /** Answers requests for acknowledgement from now on, or leaves them unanswered. */
  answersRequests(answers: boolean): void {
    this.#session.answersRequests = answers
  }

  /** Enables stream management (XEP-0198 §3) and gives <enabled/>. */
  async enablesManagement({ resume = true }: { readonly resume?: boolean } = {}): Promise<Element> {
    const management = new Management()
    this.#session.management = management
    this.connection.write(`<enable xmlns='${SM}'${resume ? " resume='true'" : ''}/>`)
    const enabled = await this.#session.take('<enabled/>', (e) => e.ns === SM)
    if (enabled.name !== 'enabled') throw this.#session.unlike(`<enabled/>, and received ${show(enabled)}`)
    if (['true', '1'].includes(enabled.attrs['resume'] ?? '')) management.id = enabled.attrs['id']
    return enabled
  }

  /** Asks how much the server has handled, and settles when it answers. */
  async requestsAcknowledgement(): Promise<void> {
    this.connection.write(`<r xmlns='${SM}'/>`)
    await this.#session.take('<a/>', (e) => e.ns === SM && e.name === 'a')
  }

  /** Waits until the server has acknowledged all that was sent. */
  async isAcknowledged(): Promise<void> {
    const { management } = this
    while (management.confirmed !== management.sent) {
      this.connection.write(`<r xmlns='${SM}'/>`)
      const open = () => `<a h='${management.sent}'/>, ${management.unconfirmed.length} stanzas are open`
      await this.#session.take(open, (e) => e.ns === SM && e.name === 'a')
    }
  }

  /** Resumes its session on a fresh connection (XEP-0198 §5), sends again what was not acknowledged, and gives <resumed/>. */
  async resumes(options: ResumeOptions = {}): Promise<Element> {
    const answer = await this.triesToResume(options)
    if (answer.name !== 'resumed') throw this.#session.unlike(`<resumed/>, and received ${show(answer)}`)
    this.management.confirms(answer.attrs['h'])
    for (const stanza of this.management.unconfirmed) this.connection.writeElement(stanza)
    return answer
  }

  /** Asks on a fresh, authenticated connection for the session to go on, and gives whatever the server answers. */
  async triesToResume(options: ResumeOptions = {}): Promise<Element> {
    const { previd = this.management.id, h = this.management.received, ...login } = options
    await this.authenticates(login)
    this.connection.writeElement(el('resume', SM, { previd, h: String(h) }))
    const answer = await this.connection.element('<resumed/> or <failed/>')
    if (answer.name === 'resumed') this.#session.attach()
    return answer
  }
}
