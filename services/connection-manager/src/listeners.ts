import { randomBytes } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { DomainJid } from '@jabiru/jid'
import { listen } from '@jabiru/runtime'
import { type StreamCondition, StreamFault } from '@jabiru/stanza'
import type { Admission } from './admission.ts'
import type { Line } from './channel.ts'
import type { ConnectionManagerConfig } from './config.ts'
import type { Doorkeeper } from './doorkeeper.ts'
import { streamFraming } from './framing/stream.ts'
import type { liveIdentity } from './transport/certificates.ts'
import { TcpTransport } from './transport/tcp.ts'
import type { TransportEvents } from './transport/transport.ts'
import { createSecureWeb, createWeb } from './web.ts'

/** The ports, by what is spoken on them. */
export const PORTS = {
  c2s: 'c2s.port',
  c2sTls: 'c2s.tls_port',
  http: 'http.port',
  https: 'https.port',
} as const

export type PortName = keyof typeof PORTS

/** Ports in use, where port 0 was asked for the one that was free. */
export type Addresses = Partial<Record<PortName, number>>

interface ListenersDeps {
  readonly config: ConnectionManagerConfig
  readonly identity: ReturnType<typeof liveIdentity>
  readonly doors: Doorkeeper
  readonly admission: Admission
  readonly accept: (line: Line) => void
}

/** The open ports. */
export interface Listeners {
  /** Settles when all are open. Rejects with PortInUse. */
  readonly ready: Promise<Addresses>
  /** Takes nobody new. */
  readonly close: () => void
  /** Drops connections on which no stream has begun. */
  readonly drop: () => void
}

/** Says why a connection may not stay, and drops it, heard or not. RFC 6120 §4.9.3.14, §4.9.3.17. */
function sendAway(socket: Socket, from: DomainJid, reason: StreamCondition): void {
  const { open, error, close } = streamFraming
  const header = open({ from, lang: 'en', version: '1.0' }, randomBytes(16).toString('base64url'))
  socket.on('error', () => undefined)
  socket.end(header + error(new StreamFault(reason)) + close, () => socket.destroy())
}

export function openListeners({ config, identity, doors, admission, accept }: ListenersDeps): Listeners {
  const open: Server[] = []
  const drops: (() => void)[] = []

  const refusal = (socket: Socket): StreamCondition | undefined => {
    const { remoteAddress } = socket
    if (remoteAddress === undefined) return 'connection-timeout' // it has gone already
    const reason = doors.admit(remoteAddress)
    if (reason === undefined) socket.once('close', () => doors.leave(remoteAddress))
    return reason
  }

  const waiting = new Set<Duplex>()

  /** Until then nothing is read of it: what it says waits in its own network. */
  const inTurn = (socket: Duplex, enter: () => void) => {
    const leave = () => void waiting.delete(socket)
    waiting.add(socket)
    socket.on('error', () => undefined) // it closes
    socket.once('close', leave)
    admission.admit(() => {
      socket.off('close', leave)
      if (waiting.delete(socket)) enter()
    })
  }

  const admit = (socket: Socket): boolean => refusal(socket) === undefined

  const streams = (tls: 'starttls' | 'direct'): Server => {
    const options = { identity: identity.current, ...(tls === 'direct' ? { alpn: ['xmpp-client'] } : {}) }
    const transport = (socket: Socket) => (events: TransportEvents) => new TcpTransport(socket, options, events)
    // Nothing is read before the connection is made.
    return createServer({ pauseOnConnect: true }, (socket) => {
      const reason = refusal(socket)
      if (reason === undefined)
        inTurn(socket, () => accept({ transport: transport(socket), framing: streamFraming, tls }))
      // Within TLS it could be told only after a handshake, which is what an attacker wants to be given.
      else if (tls === 'direct') socket.destroy()
      else sendAway(socket, config.domains[0], reason)
    })
  }

  const web = (): Server => {
    const { server, drop } = createWeb({ domains: config.domains, limits: config.limits, admit, inTurn, accept })
    drops.push(drop)
    return server
  }

  const secureWeb = (): Server => {
    const made = createSecureWeb(identity.current().certificate, {
      domains: config.domains,
      limits: config.limits,
      admit,
      inTurn,
      accept,
    })
    identity.onChange(({ certificate }) => made.setCertificate(certificate))
    drops.push(made.drop)
    return made.server
  }

  const create: Readonly<Record<PortName, () => Server>> = {
    c2s: () => streams('starttls'),
    c2sTls: () => streams('direct'),
    http: web,
    https: secureWeb,
  }

  const openAll = async (): Promise<Addresses> => {
    const addresses: Addresses = {}
    for (const name of ['c2s', 'c2sTls', 'http', 'https'] as const) {
      const port = config.ports[name]
      if (port === undefined) continue
      const server = create[name]()
      open.push(server)
      addresses[name] = await listen(server, { host: config.listen, port, setting: PORTS[name] })
    }
    return addresses
  }

  return {
    ready: openAll(),
    close: () => {
      for (const server of open) server.close()
      admission.close()
      for (const socket of waiting) socket.destroy()
    },
    drop: () => {
      for (const drop of drops) drop()
    },
  }
}
