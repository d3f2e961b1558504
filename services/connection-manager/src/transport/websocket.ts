import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Transport, type TransportEvents, unheard } from './transport.ts'

/** What a client may send in all before it is authenticated, in bytes: a message is held until it is whole. */
const BUDGET = 65_536

interface WebSocketOptions {
  readonly remoteAddress: string
  /** What carries the WebSocket. */
  readonly socket: Duplex
}

/** WebSocket (RFC 6455), one element in each text message. TLS, if any, is below it. */
export class WebSocketTransport implements Transport {
  readonly remoteAddress: string
  readonly #webSocket: WebSocket
  readonly #socket: Duplex
  #received = 0

  constructor(webSocket: WebSocket, options: WebSocketOptions, events: TransportEvents) {
    this.remoteAddress = options.remoteAddress
    this.#webSocket = webSocket
    this.#socket = options.socket
    webSocket.on('message', (data, isBinary) => {
      // RFC 7395 §3.2: text only.
      if (isBinary || !(data instanceof Buffer)) webSocket.close(1003)
      else events.data(data)
    })
    // An error is always followed by the end.
    webSocket.on('error', unheard)
    webSocket.on('close', () => setImmediate(events.closed))
    this.#socket.on('drain', events.drained)
    this.#socket.on('data', this.#count)
    this.pause()
  }

  write(units: readonly string[], taken?: () => void): void {
    const { length } = units
    this.#socket.cork()
    units.forEach((unit, i) => {
      const told = taken === undefined || i < length - 1 ? undefined : (fault?: Error | null) => void (fault ?? taken())
      this.#webSocket.send(unit, told)
    })
    this.#socket.uncork()
  }

  buffered(): number {
    return this.#webSocket.bufferedAmount
  }

  needsDrain(): boolean {
    return this.#socket.writableNeedDrain
  }

  pause(): void {
    this.#webSocket.pause()
  }

  resume(): void {
    this.#webSocket.resume()
  }

  end(): void {
    this.#webSocket.close(1000)
  }

  destroy(): void {
    this.#webSocket.terminate()
  }

  widen(): void {
    this.#socket.off('data', this.#count)
  }

  startTls(): never {
    throw new TypeError('TLS is below the WebSocket') // RFC 7395 §3.9
  }

  /** Browsers tell their programs nothing to bind to, and a client that could would have to take that for an attack. */
  channelBindings(): Readonly<Record<string, string>> {
    return {}
  }

  readonly #count = (chunk: Uint8Array): void => {
    this.#received += chunk.length
    if (this.#received > BUDGET) this.destroy()
  }
}
