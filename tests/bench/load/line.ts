import type { Socket } from 'node:net'
import { connect, createSecureContext, type TLSSocket } from 'node:tls'
import { attributeAt, eachElement, type OnElement } from './frames.ts'
import type { Endpoint } from './job.ts'

/** What is heard on a line, for whom it concerns. */
export type Hear = (line: Line, name: string, text: string, start: number, end: number) => void

/** A connection of one user. What is said to it in one turn of the loop goes out in one write. */
export interface Line {
  readonly user: number
  readonly socket: Socket
  readonly framing: Framing
  /** Stanzas that came since stream management is on, and went. XEP-0198 §4. */
  received: number
  sent: number
  /** The server's `h`. */
  confirmed: number
  /** What waits for the end of this turn. */
  out: string
  hear: Hear
  /** The connection is expected to end. */
  leaving: boolean
  /** Settles when the socket is closed. */
  readonly closed: Promise<undefined>
}

/** How XMPP lies on a connection: as one stream of text, or a WebSocket frame for each element (RFC 7395). */
export interface Framing {
  readonly opening: (domain: string) => string
  readonly closing: string
  readonly write: (socket: Socket, text: string) => void
  /** Gives what turns chunks of a connection into text. */
  readonly reader: () => (chunk: Buffer) => string
}

const NAMES = `xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'`

/** RFC 6120 §4.2. */
export const STREAM: Framing = {
  opening: (domain) => `<?xml version='1.0'?><stream:stream ${NAMES} to='${domain}' version='1.0'>`,
  closing: '</stream:stream>',
  write: (socket, text) => void socket.write(text, 'latin1'),
  reader: () => (chunk) => chunk.toString('latin1'),
}

export const SM = 'urn:xmpp:sm:3'
export const ASK = `<r xmlns='${SM}'/>`

/** What a connection suffers. */
export type OnFault = (fault: string) => void

let dirty: Line[] = []

function flush(): void {
  const lines = dirty
  dirty = []
  for (const line of lines) {
    const { out, socket, framing } = line
    line.out = ''
    if (!socket.destroyed) framing.write(socket, out)
  }
}

/** Says something, which is ASCII. */
export function say(line: Line, text: string): void {
  if (line.out === '') {
    if (dirty.length === 0) setImmediate(flush)
    dirty.push(line)
  }
  line.out += text
}

/** Sends a stanza, which the server counts. */
export function send(line: Line, stanza: string): void {
  line.sent++
  say(line, stanza)
}

const DEAF: Hear = () => undefined

/** Connects; settles when TLS stands. Every connection makes a full handshake. */
export async function openLine(user: number, { host, tlsPort: port }: Endpoint, onFault: OnFault): Promise<Line> {
  return lineOn(await secured(host, port), user, STREAM, onFault)
}

/** Made once: nobody resumes a session of TLS by it. */
const secureContext = createSecureContext({ minVersion: 'TLSv1.3' })

/** Settles when TLS stands, of the same version everywhere. Rejects where it cannot. */
export function secured(host: string, port: number): Promise<TLSSocket> {
  const opened = Promise.withResolvers<TLSSocket>()
  const socket = connect({ host, port, rejectUnauthorized: false, servername: 'localhost', secureContext })
  socket.setNoDelay(true)
  socket.on('error', opened.reject)
  socket.once('secureConnect', () => opened.resolve(socket))
  return opened.promise
}

/** Takes a connection into use. */
export function lineOn(socket: Socket, user: number, framing: Framing, onFault: OnFault): Line {
  const closed = Promise.withResolvers<undefined>()
  const line: Line = {
    user,
    socket,
    framing,
    received: 0,
    sent: 0,
    confirmed: 0,
    out: '',
    hear: DEAF,
    leaving: false,
    closed: closed.promise,
  }
  socket.on('error', (error) => {
    if (!line.leaving) onFault(`connection of user ${user}: ${error.message}`)
  })
  socket.on('close', () => {
    if (!line.leaving) onFault(`the server closed the connection of user ${user}`)
    closed.resolve(undefined)
  })
  listen(line)
  return line
}

function listen(line: Line): void {
  let rest = ''
  const onElement: OnElement = (name, text, start, end) => arrives(line, name, text, start, end)
  const read = line.framing.reader()
  line.socket.on('data', (chunk: Buffer) => {
    const text = rest + read(chunk)
    const end = eachElement(text, onElement)
    rest = end === text.length ? '' : text.slice(end)
  })
}

/** Counts, and answers what is asked; the rest is for whom it concerns. */
function arrives(line: Line, name: string, text: string, start: number, end: number): void {
  if (name === 'message' || name === 'presence' || name === 'iq') line.received++
  else if (name === 'r') return say(line, `<a xmlns='${SM}' h='${line.received}'/>`)
  else if (name === 'a') line.confirmed = Number(attributeAt(text, 'h', start, end))
  line.hear(line, name, text, start, end)
}

/** Ends the stream and the connection; settles when the server has closed it, or was too slow to. */
export async function closeLine(line: Line): Promise<undefined> {
  line.leaving = true
  say(line, line.framing.closing)
  const late = setTimeout(() => line.socket.destroy(), CLOSE_MS)
  line.hear = (_, name) => {
    if (name === '/stream:stream' || name === 'close') line.socket.end()
  }
  await line.closed
  clearTimeout(late)
}

const CLOSE_MS = 5_000
