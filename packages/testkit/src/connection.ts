import { type Element, type StreamHeader, XmlError } from '@jabiru/xml'
import { type Deadline, NotReceived } from './deadline.ts'
import { type Framing, FramingWrong, frameFraming, type Reader, streamFraming } from './framing.ts'
import { Inbox } from './inbox.ts'
import { show } from './markup.ts'
import type { Transcript } from './transcript.ts'
import { connectTransport, type Endpoint, type Transport, type Trust } from './transport.ts'
import { connectWebSocket } from './websocket.ts'

/** The opening of the server's stream. */
export type Header = Pick<StreamHeader, 'attrs'>

/** What can come from the other side, in the order it came. */
export type Arrival =
  | { readonly kind: 'open'; readonly header: Header }
  | { readonly kind: 'element'; readonly element: Element }
  | { readonly kind: 'end' }
  | { readonly kind: 'closed' }

/** The server sent what it must not: the connection is of no more use, and every wait on it fails with this. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** Where a connection goes, and over what. */
export type Target =
  | { readonly over: 'tcp'; readonly endpoint: Endpoint }
  | { readonly over: 'tls'; readonly endpoint: Endpoint; readonly trust: Trust }
  | { readonly over: 'websocket'; readonly url: string; readonly trust: Trust }

/** What a connection is opened with. */
export interface ConnectionOptions {
  readonly name: string
  readonly target: Target
  readonly deadline: Deadline
}

/** One stream to a server after another on one transport: bytes out, parsed arrivals in, everything on record. */
export class Connection {
  readonly inbox = new Inbox<Arrival>()
  readonly transcript: Transcript
  readonly deadline: Deadline
  readonly transport: Transport
  /** Sees each element before the inbox does; one for which it answers true is taken. */
  divert: (element: Element) => boolean = () => false
  /** Told once, when nothing more can come: the connection closed or the other side broke a rule. */
  lost: (error: Error) => void = () => undefined
  readonly framing: Framing
  #reader: Reader

  private constructor(transport: Transport, framing: Framing, transcript: Transcript, deadline: Deadline) {
    this.transport = transport
    this.framing = framing
    this.transcript = transcript
    this.deadline = deadline
    this.#reader = this.#createReader()
  }

  /** Connects, and hands over what arrives from then on. */
  static async open({ name, target, deadline }: ConnectionOptions): Promise<Connection> {
    const transcript = deadline.transcript(name)
    const place = target.over === 'websocket' ? target.url : `${target.endpoint.host}:${target.endpoint.port}`
    transcript.add('-', `connects to ${place} over ${target.over}`)
    const transport = await deadline.wait(`${name} connects`, connect(target))
    const framing = target.over === 'websocket' ? frameFraming : streamFraming
    const connection = new Connection(transport, framing, transcript, deadline)
    transport.start({
      bytes: (chunk) => connection.#read(chunk),
      closed: (error) => connection.#closed(error),
    })
    return connection
  }

  /** Writes text, or raw bytes, as they are. */
  write(data: string | Uint8Array): void {
    this.transcript.add(
      'C',
      typeof data === 'string' ? data : `${data.length} bytes ${Buffer.from(data).toString('latin1')}`,
    )
    this.transport.write(data)
  }

  /** Writes without leaving the text in the transcript, for floods. */
  pour(data: string | Uint8Array): void {
    this.transport.write(data)
  }

  /** Writes an element as it stands on the stream. */
  writeElement(element: Element): void {
    this.write(this.framing.write(element))
  }

  /** Opens a stream; the other side starts a new document with its answer (RFC 6120 §4.2). */
  openStream(to: string): void {
    this.#reader = this.#createReader()
    this.write(this.framing.open(to))
  }

  /** Closes the stream in our direction (RFC 6120 §4.4). */
  closeStream(): void {
    this.write(this.framing.close)
  }

  /** Turns to TLS; what was read before is forgotten (RFC 6120 §5.4.3.3). */
  async startTls(trust: Trust): Promise<void> {
    this.transcript.add('-', 'starts TLS')
    await this.deadline.wait(`${this.transcript.name} finishes the TLS handshake`, this.transport.startTls(trust))
  }

  /** The next arrival, whatever it is. */
  async next(what: string): Promise<Arrival> {
    return this.deadline.wait(`${this.transcript.name} to receive ${what}`, this.inbox.take())
  }

  /** The next arrival, which must be an element. */
  async element(what: string): Promise<Element> {
    const arrival = await this.next(what)
    if (arrival.kind === 'element') return arrival.element
    throw new NotReceived(
      `awaiting ${what}, ${this.transcript.name} received ${told(arrival)}\n\n${this.deadline.account()}`,
    )
  }

  /** The server's stream header, which must come next. */
  async header(): Promise<Header> {
    const arrival = await this.next('a stream header')
    if (arrival.kind === 'open') return arrival.header
    throw new NotReceived(
      `awaiting a stream header, ${this.transcript.name} received ${told(arrival)}\n\n${this.deadline.account()}`,
    )
  }

  /** Settles when the connection is gone; what arrived before and nobody took does not matter. */
  async closed(): Promise<void> {
    const what = `${this.transcript.name} to see the connection closed`
    await this.deadline.wait(
      what,
      this.inbox.take((arrival) => arrival.kind === 'closed'),
    )
  }

  /** Takes the closing tag of the stream and the end of the connection. */
  async ended(): Promise<void> {
    const what = `${this.transcript.name} to see </stream:stream>`
    await this.deadline.wait(
      what,
      this.inbox.take((arrival) => arrival.kind === 'end'),
    )
    await this.closed()
  }

  /** Fails the connection: the other side broke a rule. */
  violated(rule: string): void {
    this.transcript.add('-', `violation: ${rule}`)
    this.#lose(new Violation(`${this.transcript.name}: ${rule}\n\n${this.deadline.account()}`))
  }

  /** Goes away without a word. */
  destroy(): void {
    this.transcript.add('-', 'destroys the socket')
    this.transport.destroy()
  }

  #createReader(): Reader {
    return this.framing.createReader({
      open: (header) => {
        this.transcript.add('S', `a stream ${JSON.stringify(header.attrs)}`)
        this.inbox.put({ kind: 'open', header })
      },
      element: (element) => this.#arrives(element),
      end: () => {
        this.transcript.add('S', 'the end of the stream')
        this.inbox.put({ kind: 'end' })
      },
    })
  }

  #arrives(element: Element): void {
    this.transcript.add('S', () => show(element))
    if (!this.divert(element)) this.inbox.put({ kind: 'element', element })
  }

  #read(chunk: Uint8Array): void {
    try {
      this.#reader.read(chunk)
    } catch (error) {
      const why = error instanceof XmlError ? `${error.condition}, ${error.message}` : String(error)
      if (!(error instanceof FramingWrong)) this.transcript.add('S', Buffer.from(chunk).toString())
      this.violated(`what the server sent cannot be read: ${why}`)
    }
  }

  #closed(error: Error | undefined): void {
    this.transcript.add('-', `connection closed${error === undefined ? '' : `: ${error.message}`}`)
    this.inbox.put({ kind: 'closed' })
    this.#lose(
      new NotReceived(
        `${this.transcript.name}: the connection is closed, nothing more will come\n\n${this.deadline.account()}`,
      ),
    )
  }

  #lose(error: Error): void {
    this.inbox.break(error)
    this.lost(error)
  }
}

function connect(target: Target): Promise<Transport> {
  if (target.over === 'websocket') return connectWebSocket(target.url, target.trust)
  return connectTransport(target.endpoint, target.over === 'tls' ? target.trust : undefined)
}

/** An arrival in words. */
export function told(arrival: Arrival): string {
  if (arrival.kind === 'element') return show(arrival.element)
  if (arrival.kind === 'open') return `a stream header ${JSON.stringify(arrival.header.attrs)}`
  return arrival.kind === 'end' ? 'the end of the stream' : 'the end of the connection'
}
