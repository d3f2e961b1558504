import { parseJid } from '@jabiru/jid'
import { child, type Element, el, withAttrs } from '@jabiru/xml'
import { Connection, type Target, Violation } from './connection.ts'
import { type Deadline, NotReceived } from './deadline.ts'
import type { House, Place } from './house.ts'
import { Inbox } from './inbox.ts'
import { isStanza, type Management, SM } from './management.ts'
import { show } from './markup.ts'
import { authenticate, bind, openStream, secure } from './negotiation.ts'
import { faultsOf } from './strictness.ts'
import type { Trust } from './transport.ts'

const PING = 'urn:xmpp:ping'
const ROSTER = 'jabber:iq:roster'

/** Whose session this is, and where it logs in. */
export interface SessionOptions {
  readonly name: string
  readonly house: House
  readonly deadline: Deadline
  readonly username: string
  readonly password: string
  /** The resource it asks for; the server's choice unless given. */
  readonly resource?: string
  /** Which of the server's addresses it uses unless told otherwise, from 0; the first unless given. */
  readonly server?: number
}

/** The ways to a server: STARTTLS, TLS from the first byte, nothing, WebSocket without and with TLS. */
export type Way = 'starttls' | 'tls' | 'plain' | 'ws' | 'wss'

/** How it logs in, where it does not do what clients do. */
export interface LoginOptions {
  readonly mechanism?: string
  readonly password?: string
  readonly authzid?: string
  /** Which of the server's addresses, from 0, instead of that of the device. */
  readonly server?: number
  /** STARTTLS unless given; `plain` is for servers that must refuse it. */
  readonly over?: Way
  /** Instead of the resource of the device. */
  readonly resource?: string
}

/** A session with the server, over one connection after another. It holds the server to every rule it knows. */
export class Session {
  readonly name: string
  readonly bare: string
  /** Stanzas and acknowledgements in the order they came. */
  readonly inbox = new Inbox<Element>()
  /** Whether requests for acknowledgement are answered. */
  answersRequests = true
  management: Management | undefined
  readonly #options: SessionOptions
  readonly #asked = new Map<string, string | undefined>()
  #connection: Connection | undefined
  #jid: string | undefined
  #count = 0

  constructor(options: SessionOptions) {
    this.name = options.name
    this.bare = `${options.username}@${options.house.domain}`
    this.#options = options
  }

  /** The full address, once bound. */
  get jid(): string {
    if (this.#jid === undefined) throw new Error(`${this.name} has no address yet: await ${this.name}.logsIn()`)
    return this.#jid
  }

  /** The connection it has, once connected. */
  get connection(): Connection {
    if (this.#connection === undefined) throw new Error(`${this.name} is not connected: await ${this.name}.logsIn()`)
    return this.#connection
  }

  /** Whether it ever connected. */
  get hasConnected(): boolean {
    return this.#connection !== undefined
  }

  /** Connects, secures and authenticates; gives the features of the authenticated stream. Throws LoginRefused. */
  async authenticate(options: LoginOptions): Promise<Element> {
    const { house, deadline, name, username, password } = this.#options
    const place = placeOf(house, options.server ?? this.#options.server ?? 0)
    const trust = { servername: house.domain, ca: house.ca }
    const way = options.over ?? 'starttls'
    const connection = await Connection.open({ name, target: targetOf(place, way, trust), deadline })
    this.#connection = connection
    const first = await openStream(connection, house.domain)
    const features = way === 'starttls' ? await secure(connection, first, trust) : first
    const { mechanism, authzid } = options
    return authenticate(connection, features, {
      domain: house.domain,
      username,
      password: options.password ?? password,
      ...(mechanism === undefined ? {} : { mechanism }),
      ...(authzid === undefined ? {} : { authzid }),
    })
  }

  /** Binds a resource on an authenticated stream. */
  async bind(features: Element, resource: string | undefined = this.#options.resource): Promise<void> {
    const jid = await bind(this.connection, features, resource)
    if (!jid.startsWith(`${this.bare}/`)) throw new Violation(`${this.name} was bound to ${jid}`)
    this.#jid = jid
    this.management = undefined
    this.attach()
  }

  /** Makes what arrives on the connection pass the rules and into the inbox. */
  attach(): void {
    const { connection } = this
    this.inbox.mend()
    // What an abandoned connection still brings is not the session's any more.
    connection.divert = (e) => this.#connection !== connection || this.#arrives(e)
    connection.lost = (error) => {
      if (this.#connection === connection) this.inbox.break(error)
    }
    // What came together with the last step of negotiation is in the connection's inbox already.
    for (const arrival of connection.inbox.takeAll()) {
      if (arrival.kind !== 'element' || !this.#arrives(arrival.element)) connection.inbox.put(arrival)
    }
  }

  /** Sends a stanza, counted and remembered; an iq without an id is given one. */
  send(e: Element): Element {
    const stanza = e.name === 'iq' && e.attrs['id'] === undefined ? withAttrs(e, { id: this.nextId('q') }) : e
    const { id, to, type } = stanza.attrs
    if (e.name === 'iq' && id !== undefined && type !== 'result' && type !== 'error') this.#asked.set(id, to)
    if (isStanza(stanza)) this.management?.goesOut(stanza)
    this.connection.writeElement(stanza)
    return stanza
  }

  /** An answer to this id is one to a request. */
  expectAnswer(id: string): void {
    this.#asked.set(id, undefined)
  }

  /** An id that no other stanza of the session has. */
  nextId(prefix: string): string {
    this.#count += 1
    return `${prefix}-${this.name}-${this.#count}`
  }

  /** Takes the first element that is wanted, there already or to come before the deadline. */
  async take(what: string | (() => string), wants: (e: Element) => boolean = () => true): Promise<Element> {
    const name = () => `${this.name} to receive ${typeof what === 'string' ? what : what()}`
    return this.#options.deadline.wait(name, this.inbox.take(wants))
  }

  /** The error for something that came and is not what was expected. */
  unlike(what: string): NotReceived {
    return new NotReceived(`${this.name} expected ${what}\n\n${this.#options.deadline.account()}`)
  }

  #arrives(e: Element): true {
    const faults = [...faultsOf(e, this.jid), ...this.#answerFaults(e)]
    if (faults.length > 0) this.connection.violated(`${faults.join('; ')}: ${show(e)}`)
    if (isStanza(e)) this.management?.cameIn()
    if (this.#deals(e)) return true
    if (this.#isRosterPush(e)) this.send(el('iq', 'jabber:client', { type: 'result', id: e.attrs['id'] }))
    this.inbox.put(e)
    return true
  }

  /** Deals with what no story wants to see: requests for acknowledgement, and the server's pings. */
  #deals(e: Element): boolean {
    if (e.ns === SM && e.name === 'r') {
      if (this.answersRequests && this.management) this.connection.writeElement(this.management.answer())
      return this.answersRequests
    }
    if (e.ns === SM && e.name === 'a') return this.#confirms(e)
    const { from, id, type } = e.attrs
    if (type !== 'get' || from !== this.#options.house.domain || child(e, 'ping', PING) === undefined) return false
    this.send(el('iq', 'jabber:client', { type: 'result', id, to: from }))
    return true
  }

  #confirms(e: Element): boolean {
    try {
      this.management?.confirms(e.attrs['h'])
    } catch (error) {
      this.connection.violated(String(error))
    }
    return false
  }

  /** An iq is answered once, by the one who was asked (RFC 6120 §8.2.3). */
  #answerFaults(e: Element): string[] {
    const { id, from, type } = e.attrs
    if (e.name !== 'iq' || id === undefined || (type !== 'result' && type !== 'error')) return []
    if (!this.#asked.has(id)) return ['RFC 6120 §8.2.3 an answer to nothing that was asked, or the second one']
    const to = this.#asked.get(id)
    this.#asked.delete(id)
    const server = [undefined, this.bare, this.jid, this.#options.house.domain]
    const asksServer = to === undefined || to === this.bare
    // RFC 6120 §8.3.1: the server answers for one it cannot reach.
    const expected = [canonical(to), ...(asksServer || type === 'error' ? server : [])]
    if (expected.includes(from) || (type === 'error' && from === to)) return []
    return [`RFC 6120 §8.1.2.1 the one asked was '${to ?? ''}', the answer is from '${from ?? ''}'`]
  }

  /** RFC 6121 §2.1.6: a roster push comes from the account itself. */
  #isRosterPush(e: Element): boolean {
    const own = e.attrs['from'] === undefined || e.attrs['from'] === this.bare
    return own && e.name === 'iq' && e.attrs['type'] === 'set' && child(e, 'query', ROSTER) !== undefined
  }
}

/** An address as a server writes it; what is none stays as it is. */
function canonical(address: string | undefined): string | undefined {
  try {
    return address === undefined ? undefined : parseJid(address)
  } catch {
    return address // parseJid throws JidError, and nothing else.
  }
}

/** Where a way to a server leads. */
export function targetOf({ host, port, tlsPort, httpPort, httpsPort }: Place, way: Way, trust: Trust): Target {
  if (way === 'tls') return { over: 'tls', endpoint: { host, port: tlsPort }, trust }
  if (way === 'ws') return { over: 'websocket', url: `ws://${host}:${httpPort}/ws`, trust }
  if (way === 'wss') return { over: 'websocket', url: `wss://${host}:${httpsPort}/ws`, trust }
  return { over: 'tcp', endpoint: { host, port } }
}

/** A house with fewer addresses serves at those that it has. */
function placeOf({ c2s }: House, server: number): Place {
  const place = c2s[server % c2s.length]
  if (place === undefined) throw new Error('the house takes no clients')
  return place
}
