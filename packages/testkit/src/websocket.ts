import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Sink, Transport, Trust } from './transport.ts'

/** Opens a WebSocket that speaks XMPP (RFC 7395 §3.1). Rejects where the server does not agree to the subprotocol. */
export async function connectWebSocket(url: string, trust: Trust): Promise<Transport> {
  const { servername, ca } = trust
  const secured = url.startsWith('wss:')
    ? { servername, ...(ca === undefined ? { rejectUnauthorized: false } : { ca }) }
    : {}
  const socket = new WebSocket(url, ['xmpp'], { perMessageDeflate: false, ...secured })
  await once(socket, 'open')
  if (socket.protocol !== 'xmpp') throw new Error(`RFC 7395 §3.1 the server chose '${socket.protocol}', not xmpp`)
  socket.pause()
  return new WebSocketTransport(socket)
}

class WebSocketTransport implements Transport {
  readonly #socket: WebSocket

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  start(sink: Sink): void {
    let failure: Error | undefined
    this.#socket
      .on('message', (data, isBinary) => {
        if (isBinary || !Buffer.isBuffer(data)) failure = new Error('RFC 7395 §3.2 a frame that is not of text')
        else return sink.bytes(data)
        return this.#socket.terminate()
      })
      .on('error', (error) => {
        failure = error
      })
      .on('close', () => sink.closed(failure))
    this.#socket.resume()
  }

  write(data: string | Uint8Array): void {
    this.#socket.send(data)
  }

  async drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#socket.ping(undefined, undefined, () => setImmediate(resolve, undefined))
    await promise
  }

  startTls(): Promise<void> {
    return Promise.reject(new Error('RFC 7395 §3.9 there is no STARTTLS on a WebSocket'))
  }

  exporter(): undefined {
    return undefined
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.close()
  }

  destroy(): void {
    this.#socket.terminate()
  }
}
