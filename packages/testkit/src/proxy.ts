import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How a link carries bytes. What a cut keeps goes on when it is mended, as on a network that has lost no packet for good. */
export type Weather =
  | { readonly is: 'fair' }
  /** Nothing goes through, this way or in both. */
  | { readonly is: 'cut'; readonly way: 'there' | 'back' | 'both' }
  /** Everything comes later by so much. */
  | { readonly is: 'slow'; readonly byMs: number }

/** A link between a process and a server that listens on a port of this machine. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  readonly turn: (weather: Weather) => void
  /** Ends every connection there is, with a reset. */
  readonly reset: () => void
  /** From now on it leads to another port; who is connected is ended with a reset. */
  readonly lead: (target: number) => void
}

/** Opens a link to the port. */
export async function openProxy(first: number): Promise<Proxy> {
  let target = first
  const pipes = new Set<Pipe>()
  let weather: Weather = { is: 'fair' }
  const server = createServer({ pauseOnConnect: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: target, noDelay: true })
    const both = [pipeOf(near, far, 'there'), pipeOf(far, near, 'back')]
    for (const pipe of both) {
      pipes.add(pipe)
      pipe.turn(weather)
    }
    near.setNoDelay(true)
    for (const socket of [near, far]) {
      socket.on('error', () => undefined) // it closes
      socket.on('close', () => {
        for (const pipe of both) pipes.delete(pipe)
        for (const one of [near, far]) one.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = server.address() as AddressInfo
  const reset = () => {
    for (const { from } of pipes) from.resetAndDestroy()
  }
  return {
    port,
    turn: (next) => {
      weather = next
      for (const pipe of pipes) pipe.turn(next)
    },
    reset,
    lead: (next) => {
      target = next
      reset()
    },
    [Symbol.asyncDispose]: async () => {
      reset()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Pipe {
  readonly from: Socket
  readonly turn: (weather: Weather) => void
}

/** One direction of one connection. */
function pipeOf(from: Socket, to: Socket, way: 'there' | 'back'): Pipe {
  let delayMs = 0
  let last: Promise<unknown> = Promise.resolve()
  from.on('data', (chunk) => {
    if (delayMs === 0) return write(chunk)
    const due = sleep(delayMs)
    last = Promise.all([last, due]).then(() => write(chunk))
  })
  const write = (chunk: string | Uint8Array) => {
    if (!to.destroyed) to.write(chunk)
  }
  from.on('end', () => void last.then(() => to.end()))
  return {
    from,
    turn: (weather) => {
      delayMs = weather.is === 'slow' ? weather.byMs : 0
      if (weather.is === 'cut' && (weather.way === way || weather.way === 'both')) from.pause()
      else from.resume()
    },
  }
}
