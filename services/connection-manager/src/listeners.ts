import { randomBytes } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '@jabiru/cluster'
import type { DomainJid } from '@jabiru/jid'
import { listen } from '@jabiru/runtime'
import { type StreamCondition, StreamFault } from '@jabiru/stanza'
import type { Admission } from './admission.ts'
import type { Line } from './channel.ts'
import type { ConnectionManagerConfig } from './config.ts'
import type { Doorkeeper } from './doorkeeper.ts'
import { streamFraming } from './framing/stream.ts'
import type { liveIdentity } from './transport/certificates.ts'
import { createProxied } from './transport/proxied.ts'
import { TcpTransport } from './transport/tcp.ts'
import { type TransportEvents, unheard } from './transport/transport.ts'
import { createSecureWeb, createWeb } from './web.ts'

/** The ports, by what is spoken on them. */
export const PORTS = {
  c2s: 'c2s.port',
  c2sTls: 'c2s.tls_port',
  c2sProxied: 'c2s.proxied_port',
  http: 'http.port',
  https: 'https.port',
} as const

export type PortName = keyof typeof PORTS

/** Ports in use, where port 0 was asked for the one that was free. */
export type Addresses = Partial<Record<PortName, number>>

interface ListenersDeps {
  readonly config: ConnectionManagerConfig
  readonly clock: Clock
  readonly identity: ReturnType<typeof liveIdentity>
  readonly doors: Doorkeeper
  readonly admission: Admission
  readonly accept: (line: Line) => void
  /** What came to the port of terminators was no client of theirs. */
  readonly onUnproxied: (address: string, reason: string) => void
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
  socket.on('error', unheard)
  socket.end(header + error(new StreamFault(reason)) + close, () => socket.destroy())
}

export function openListeners(deps: ListenersDeps): Listeners {
  const { config, identity, doors, admission, accept } = deps
  const open: Server[] = []
  const closes: (() => void)[] = []
  const drops: (() => void)[] = []

  const refusal = (socket: Socket, address = socket.remoteAddress): StreamCondition | undefined => {
    if (address === undefined) return 'connection-timeout' // it has gone already
    const reason = doors.admit(address)
    if (reason === undefined) socket.once('close', () => doors.leave(address))
    return reason
  }

  const waiting = new Set<Duplex>()

  /** Until then nothing is read of it: what it says waits in its own network. */
  const inTurn = (socket: Duplex, enter: () => void) => {
    const leave = () => void waiting.delete(socket)
    waiting.add(socket)
    socket.on('error', unheard)
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

  /** TLS is taken off before it comes here; who the client is to the doors, the header before its stream says. */
  const proxied = (): Server => {
    const enter = (socket: Socket, remoteAddress: string) => {
      const reason = refusal(socket, remoteAddress)
      if (reason !== undefined) return sendAway(socket, config.domains[0], reason)
      const options = { identity: identity.current, remoteAddress }
      const transport = (events: TransportEvents) => new TcpTransport(socket, options, events)
      inTurn(socket, () => accept({ transport, framing: streamFraming, tls: 'done' }))
    }
    const { take, drop } = createProxied({
      from: config.proxiedFrom,
      clock: deps.clock,
      enter,
      onRefused: deps.onUnproxied,
    })
    closes.push(drop)
    return createServer({ pauseOnConnect: true }, take)
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
    c2sProxied: proxied,
    http: web,
    https: secureWeb,
  }

  const openAll = async (): Promise<Addresses> => {
    const addresses: Addresses = {}
    for (const name of ['c2s', 'c2sTls', 'c2sProxied', 'http', 'https'] as const) {
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
      for (const close of closes) close()
      admission.close()
      for (const socket of waiting) socket.destroy()
    },
    drop: () => {
      for (const drop of drops) drop()
    },
  }
}
