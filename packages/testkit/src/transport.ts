import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'

/** Where a server listens. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Whose certificate is believed. Without `ca` any certificate is, as a test that has no authority must. */
export interface Trust {
  readonly servername: string
  readonly ca?: string | undefined
}

/** Who is told what arrives. */
export interface Sink {
  readonly bytes: (chunk: Uint8Array) => void
  /** The connection is gone, both ways; no more bytes follow. */
  readonly closed: (error: Error | undefined) => void
}

/** A way for bytes to a server and back. The kit's connections know no more of the network than this. */
export interface Transport {
  /** Hands over what arrives from now on. */
  readonly start: (sink: Sink) => void
  readonly write: (data: string | Uint8Array) => void
  /** Settles when all that was written has been handed to the system. */
  readonly drained: () => Promise<void>
  /** Turns the plain connection into a TLS one. */
  readonly startTls: (trust: Trust) => Promise<void>
  /** Channel binding data of type tls-exporter (RFC 9266); undefined without TLS. */
  readonly exporter: () => Uint8Array | undefined
  /** Stops, or goes on, taking bytes from the system: the peer's window closes when the system's buffers are full. */
  readonly pause: () => void
  readonly resume: () => void
  /** Ends our side only; what the server sends still arrives. */
  readonly end: () => void
  /** Goes away at once, with a reset. */
  readonly destroy: () => void
}

/** Opens a TCP connection, with TLS from the first byte where `trust` is given. */
export async function connectTransport(endpoint: Endpoint, trust?: Trust): Promise<Transport> {
  const plain = connectTcp({ ...endpoint, noDelay: true })
  await once(plain, 'connect')
  const transport = new TcpTransport(plain)
  if (trust !== undefined) await transport.startTls(trust)
  return transport
}

/** Thousands of clients believe in the same authority; reading it anew costs each a tenth of its login. */
const contexts = new Map<string, SecureContext>()

function believing(ca: string): SecureContext {
  const context = contexts.get(ca) ?? createSecureContext({ ca })
  contexts.set(ca, context)
  return context
}

class TcpTransport implements Transport {
  #socket: Socket
  #tls: TLSSocket | undefined
  #sink: Sink | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.pause()
  }

  start(sink: Sink): void {
    this.#sink = sink
    this.#listen()
  }

  write(data: string | Uint8Array): void {
    this.#socket.write(data)
  }

  async drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    // By way of setImmediate: a caller that writes in a loop must not keep the loop from reading.
    this.#socket.write('', () => setImmediate(resolve, undefined))
    await promise
  }

  async startTls(trust: Trust): Promise<void> {
    const plain = this.#socket
    plain.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error')
    const { servername, ca } = trust
    const verify = ca === undefined ? { rejectUnauthorized: false } : { secureContext: believing(ca) }
    const secured = connectTls({ socket: plain, servername, ...verify })
    this.#socket = secured
    this.#tls = secured
    await once(secured, 'secureConnect')
    if (this.#sink !== undefined) this.#listen()
  }

  exporter(): Uint8Array | undefined {
    // The empty context, given, matters on TLS 1.2 (RFC 9266 §4.2).
    return this.#tls?.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    if (this.#tls === undefined) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  #listen(): void {
    let failure: Error | undefined
    this.#socket
      .on('data', (chunk: Uint8Array) => this.#sink?.bytes(chunk))
      .on('error', (error) => {
        failure = error
      })
      .on('close', () => this.#sink?.closed(failure))
      .resume()
  }
}
