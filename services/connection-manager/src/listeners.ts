import { createServer, type Server, type Socket } from 'node:net'
import { listen } from '@jabiru/runtime'
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

export function openListeners({ config, identity, doors, accept }: ListenersDeps): Listeners {
  const open: Server[] = []
  const drops: (() => void)[] = []

  const admit = (socket: Socket): boolean => {
    const { remoteAddress } = socket
    if (remoteAddress === undefined || !doors.admit(remoteAddress)) return false
    socket.once('close', () => doors.leave(remoteAddress))
    return true
  }

  const streams = (tls: 'starttls' | 'direct'): Server => {
    const options = { identity: identity.current, ...(tls === 'direct' ? { alpn: ['xmpp-client'] } : {}) }
    const transport = (socket: Socket) => (events: TransportEvents) => new TcpTransport(socket, options, events)
    // Nothing is read before the connection is made.
    return createServer({ pauseOnConnect: true }, (socket) => {
      if (admit(socket)) accept({ transport: transport(socket), framing: streamFraming, tls })
      else socket.destroy()
    })
  }

  const web = (): Server => {
    const { server, drop } = createWeb({ limits: config.limits, admit, accept })
    drops.push(drop)
    return server
  }

  const secureWeb = (): Server => {
    const made = createSecureWeb(identity.current().certificate, { limits: config.limits, admit, accept })
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
    },
    drop: () => {
      for (const drop of drops) drop()
    },
  }
}
