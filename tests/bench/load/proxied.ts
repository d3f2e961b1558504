import { connect, type Socket } from 'node:net'
import type { Endpoint } from './job.ts'
import { type Line, lineOn, type OnFault, STREAM } from './line.ts'

/** Signature, version 2 with the command PROXY, TCP over IPv4, 12 bytes of addresses and ports. PROXY protocol §2.2. */
const HEAD = Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex')
const TERMINATOR = [192, 0, 2, 1]

/** What a terminator says before the stream of a user. Each has an address of his own, of those for benchmarks (RFC 2544). */
export function headerOf(user: number): Buffer {
  const ports = Buffer.alloc(4)
  ports.writeUInt16BE(50_000, 0)
  ports.writeUInt16BE(5223, 2)
  const addresses = [198, 18 + ((user >> 16) & 1), (user >> 8) & 0xff, user & 0xff, ...TERMINATOR]
  return Buffer.concat([HEAD, Buffer.from(addresses), ports])
}

/** Connects as a terminator does for a client that has come to it under TLS. */
export async function openProxiedLine(user: number, endpoint: Endpoint, onFault: OnFault): Promise<Line> {
  const { host, proxiedPort: port } = endpoint
  if (port === undefined) throw new TypeError('the server takes no terminator')
  const opened = Promise.withResolvers<Socket>()
  const socket = connect({ host, port })
  socket.setNoDelay(true)
  socket.on('error', opened.reject)
  socket.once('connect', () => opened.resolve(socket))
  await opened.promise
  socket.write(headerOf(user))
  return lineOn(socket, user, STREAM, onFault)
}
