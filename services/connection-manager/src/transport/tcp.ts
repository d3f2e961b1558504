import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { TlsIdentity } from './certificates.ts'
import { type Transport, type TransportEvents, unheard } from './transport.ts'

export interface TcpOptions {
  readonly identity: () => TlsIdentity
  /** Protocols to choose from by ALPN; none are named where TLS comes later. */
  readonly alpn?: readonly string[]
  /** Of the client, where somebody else holds the other end of the socket. */
  readonly remoteAddress?: string
}

/** TCP, with TLS from the first byte or later on. */
export class TcpTransport implements Transport {
  readonly remoteAddress: string
  readonly #events: TransportEvents
  readonly #options: TcpOptions
  #socket: Socket
  #bindings: Readonly<Record<string, string>> = {}
  #gone = false

  /** Nothing of the stream may have been read from `socket`. */
  constructor(socket: Socket, options: TcpOptions, events: TransportEvents) {
    this.remoteAddress = options.remoteAddress ?? socket.remoteAddress ?? ''
    this.#socket = socket
    this.#options = options
    this.#events = events
    socket.setNoDelay(true)
    this.#watch(socket)
  }

  write(units: readonly string[], taken?: () => void): void {
    if (this.#gone) return
    const text = units.join('')
    if (taken === undefined) this.#socket.write(text)
    else this.#socket.write(text, (fault) => void (fault ?? taken()))
  }

  buffered(): number {
    return this.#socket.writableLength
  }

  needsDrain(): boolean {
    return this.#socket.writableNeedDrain
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    // While TLS begins, bytes are the handshake's.
    if (this.#socket.listenerCount('data') === 0) this.#listen(this.#socket)
    this.#socket.resume()
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
    this.#closed()
  }

  widen(): void {
    // Elements are bounded while they are read.
  }

  /** NOTSPEC(RFC 6120 §5.4.3.1): the certificate is not chosen by the host that was asked for; one names all domains. */
  startTls(): void {
    const plain = this.#socket
    plain.removeAllListeners('data')
    plain.removeAllListeners('drain')
    const identity = this.#options.identity()
    const { alpn } = this.#options
    const socket = new TLSSocket(plain, {
      isServer: true,
      secureContext: identity.context,
      ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    })
    this.#socket = socket
    this.#watch(socket)
    socket.once('secure', () => {
      // Now, for a socket that has ended since then tells nothing any more.
      this.#bindings = bindingsOf(socket, identity)
      this.#events.secured()
    })
  }

  channelBindings(): Readonly<Record<string, string>> {
    return this.#bindings
  }

  #watch(socket: Socket): void {
    // An error is always followed by the end.
    socket.on('error', unheard)
    socket.on('close', () => this.#closed())
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Uint8Array) => this.#events.data(chunk))
    socket.on('drain', () => this.#events.drained())
  }

  #closed(): void {
    if (this.#gone) return
    this.#gone = true
    setImmediate(() => this.#events.closed())
  }
}

function bindingsOf(socket: TLSSocket, identity: TlsIdentity): Readonly<Record<string, string>> {
  // RFC 5929 §3.1: the first Finished of the handshake, which is ours where the session was resumed.
  const finished = socket.isSessionReused() ? socket.getFinished() : socket.getPeerFinished()
  const modern = socket.getProtocol() === 'TLSv1.3'
  return {
    // RFC 9266 §4.2: on TLS 1.2 only with the extended master secret, of which the platform does not tell.
    ...(modern ? { 'tls-exporter': exported(socket) } : {}),
    'tls-server-end-point': identity.endPoint,
    ...(finished === undefined ? {} : { 'tls-unique': finished.toString('base64') }),
  }
}

// RFC 9266 §2; the empty context is what makes TLS 1.2 and 1.3 agree.
const exported = (socket: TLSSocket): string =>
  socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)).toString('base64')
