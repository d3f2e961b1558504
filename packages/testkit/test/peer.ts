import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { House } from '../src/house.ts'

/** What a scripted server does with the one connection it takes. */
export type Script = (peer: Peer) => Promise<void>

/** The server's side of a connection in a script: it reads text up to a mark, and says what it is told to. */
export class Peer {
  readonly #socket: Socket
  #read = ''
  #wake = Promise.withResolvers<undefined>()

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      this.#read += text
      this.#wake.resolve(undefined)
    })
    socket.on('error', () => undefined) // A client that goes away with a reset is part of some scripts.
    socket.on('close', () => {
      this.#wake.reject(new Error(`the client is gone; unread: ${this.#read}`))
    })
    this.#wake.promise.catch(() => undefined) // A script that waits for nothing more does not care.
  }

  /** Reads up to and with the mark, and gives what was read. */
  async reads(mark: string): Promise<string> {
    for (;;) {
      const at = this.#read.indexOf(mark)
      if (at !== -1) {
        const text = this.#read.slice(0, at + mark.length)
        this.#read = this.#read.slice(at + mark.length)
        return text
      }
      await this.#wake.promise
      this.#wake = Promise.withResolvers()
      this.#wake.promise.catch(() => undefined) // See above.
    }
  }

  says(text: string): void {
    this.#socket.write(text)
  }

  closes(): void {
    this.#socket.end()
  }
}

/** A house of one script: what is asked of it beyond a connection it cannot do. */
export async function scripted(script: Script): Promise<House & { readonly played: Promise<void> } & AsyncDisposable> {
  const server = createServer()
  const sockets: Socket[] = []
  const { promise: played, resolve, reject } = Promise.withResolvers<void>()
  played.catch(() => undefined) // The test that awaits it is told; others do not ask.
  server.on('connection', (socket) => {
    sockets.push(socket)
    script(new Peer(socket)).then(resolve, reject)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  return {
    domain: 'house.test',
    c2s: [{ host: '127.0.0.1', port: address.port, tlsPort: 0, proxiedPort: 0, httpPort: 0, httpsPort: 0 }],
    ca: undefined,
    addUser: () => Promise.resolve(),
    said: () => '',
    faults: () => [],
    memory: () => Promise.resolve(0),
    stop,
    kill: stop,
    played,
    [Symbol.asyncDispose]: stop,
  }
}

/** A header a strict client takes. */
export const HEADER =
  `<?xml version='1.0'?><stream:stream from='house.test' id='0123456789abcdef' version='1.0' xml:lang='en'` +
  ` xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`
