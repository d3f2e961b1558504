import { connect, type TLSSocket } from 'node:tls'
import { attributeAt, eachElement, type OnElement } from './frames.ts'
import type { Endpoint } from './job.ts'

/** What is heard on a line, for whom it concerns. */
export type Hear = (line: Line, name: string, text: string, start: number, end: number) => void

/** A connection of one user. What is said to it in one turn of the loop goes out in one write. */
export interface Line {
  readonly user: number
  readonly socket: TLSSocket
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

export const SM = 'urn:xmpp:sm:3'
export const ASK = `<r xmlns='${SM}'/>`

/** What a connection suffers. */
export type OnFault = (fault: string) => void

let dirty: Line[] = []

function flush(): void {
  const lines = dirty
  dirty = []
  for (const line of lines) {
    const { out } = line
    line.out = ''
    if (!line.socket.destroyed) line.socket.write(out, 'latin1')
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
export function openLine(user: number, { host, tlsPort }: Endpoint, onFault: OnFault): Promise<Line> {
  const opened = Promise.withResolvers<Line>()
  const closed = Promise.withResolvers<undefined>()
  const socket = connect({ host, port: tlsPort, rejectUnauthorized: false, servername: 'localhost' })
  socket.setNoDelay(true)
  const line: Line = {
    user,
    socket,
    received: 0,
    sent: 0,
    confirmed: 0,
    out: '',
    hear: DEAF,
    leaving: false,
    closed: closed.promise,
  }
  socket.once('secureConnect', () => opened.resolve(line))
  socket.on('error', (error) => {
    opened.reject(error)
    if (!line.leaving) onFault(`connection of user ${user}: ${error.message}`)
  })
  socket.on('close', () => {
    opened.reject(new Error('closed'))
    if (!line.leaving) onFault(`the server closed the connection of user ${user}`)
    closed.resolve(undefined)
  })
  listen(line, socket)
  return opened.promise
}

function listen(line: Line, socket: TLSSocket): void {
  let rest = ''
  const onElement: OnElement = (name, text, start, end) => arrives(line, name, text, start, end)
  socket.on('data', (chunk: Buffer) => {
    const text = rest + chunk.toString('latin1')
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
  say(line, '</stream:stream>')
  const late = setTimeout(() => line.socket.destroy(), CLOSE_MS)
  line.hear = (_, name) => {
    if (name === '/stream:stream') line.socket.end()
  }
  await line.closed
  clearTimeout(late)
}

const CLOSE_MS = 5_000
