import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { DomainJid } from '@jabiru/jid'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Line } from './channel.ts'
import type { ConnectionLimits } from './config.ts'
import { frameFraming } from './framing/frames.ts'
import { answerHostMeta } from './host-meta.ts'
import { type Certificate, tlsSettings } from './transport/certificates.ts'
import { unheard } from './transport/transport.ts'
import { WebSocketTransport } from './transport/websocket.ts'

/** Where WebSockets are answered. RFC 7395 §4. */
export const WEBSOCKET_PATH = '/ws'
const PROTOCOL = 'xmpp'

interface WebDeps {
  /** That are served. */
  readonly domains: readonly DomainJid[]
  readonly limits: ConnectionLimits
  /** Whether a connection may stay. */
  readonly admit: (socket: Socket) => boolean
  /** Runs `enter` when the connection may begin to log in, and not at all where it closes before. */
  readonly inTurn: (socket: Duplex, enter: () => void) => void
  readonly accept: (line: Line) => void
}

/** Whether an address is of this machine. */
export const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address)) && isIP(address) !== 0

function lineOf(webSocket: WebSocket, request: IncomingMessage): Line {
  const { socket } = request
  const remoteAddress = socket.remoteAddress ?? ''
  return {
    transport: (events) => new WebSocketTransport(webSocket, { remoteAddress, socket }, events),
    framing: frameFraming,
    tls: 'done',
  }
}

const speaksXmpp = ({ headers }: IncomingMessage): boolean =>
  (headers['sec-websocket-protocol'] ?? '').split(',').some((name) => name.trim() === PROTOCOL)

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** Makes WebSockets of the upgrades of a server (RFC 7395 §3.1), and tells where they are to be had. */
function answerRequests(server: Server, scheme: 'ws' | 'wss', { domains, limits, inTurn, accept }: WebDeps): void {
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: limits.afterAuth.bytes,
    handleProtocols: (offered) => offered.has(PROTOCOL) && PROTOCOL,
  })
  server.on('request', (request, response) => {
    if (!answerHostMeta(request, response, { domains, path: WEBSOCKET_PATH, scheme })) response.writeHead(404).end()
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The server listens to an upgraded socket no more: an error that nobody hears would end the process.
    socket.on('error', unheard)
    // The path as it is written: what must be resolved first is no address of ours.
    if (request.url?.split('?', 1)[0] !== WEBSOCKET_PATH) return refuse(socket, '404 Not Found')
    if (!speaksXmpp(request)) return refuse(socket, '400 Bad Request')
    // The handshake of TLS is over by then; all that follows waits.
    inTurn(socket, () =>
      webSockets.handleUpgrade(request, socket, head, (webSocket) => accept(lineOf(webSocket, request))),
    )
  })
}

/** Lets connections in, and tells how to drop those that stand below everything that was made of them. */
function keepConnections(server: Server, admit: WebDeps['admit']): () => void {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    if (!admit(socket)) return socket.destroy()
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    return undefined
  })
  return () => {
    for (const socket of sockets) socket.destroy()
  }
}

const timeouts = ({ preauthDeadlineMs }: ConnectionLimits) => ({
  headersTimeout: preauthDeadlineMs,
  requestTimeout: preauthDeadlineMs,
  // How often the platform looks: of itself twice in a minute.
  connectionsCheckingInterval: Math.ceil(preauthDeadlineMs / 4),
})

/** An HTTP server on which WebSockets are answered. */
export interface Web {
  readonly server: Server
  /** Drops what is connected. */
  readonly drop: () => void
}

/** HTTP for loopback: whoever else would use it has TLS. */
export function createWeb(deps: WebDeps): Web {
  const server = createServer(timeouts(deps.limits))
  answerRequests(server, 'ws', deps)
  const drop = keepConnections(server, (socket) => isLoopback(socket.remoteAddress) && deps.admit(socket))
  return { server, drop }
}

export function createSecureWeb(
  certificate: Certificate,
  deps: WebDeps,
): Web & { readonly setCertificate: (certificate: Certificate) => void } {
  const handshakeTimeout = deps.limits.preauthDeadlineMs
  const server = createSecureServer({ ...tlsSettings(certificate), ...timeouts(deps.limits), handshakeTimeout })
  answerRequests(server, 'wss', deps)
  const drop = keepConnections(server, deps.admit)
  return { server, drop, setCertificate: (next) => server.setSecureContext(tlsSettings(next)) }
}
