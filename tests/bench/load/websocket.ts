import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Endpoint } from './job.ts'
import { type Framing, type Line, lineOn, type OnFault, secured } from './line.ts'

const FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing'
const FINAL_TEXT = 0x81
const MASKED = 0x80
const TEXT = 1
const CONTINUED = 0

/** A text frame of a client, with a mask that leaves the text as it is (RFC 6455 §5.3): nothing stands between it and the server. */
export function frameOf(text: string): Buffer {
  const payload = Buffer.from(text, 'latin1')
  const { length } = payload
  const head = length < 126 ? [FINAL_TEXT, MASKED | length] : [FINAL_TEXT, MASKED | 126, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload])
}

/** Gives the texts of a server's frames, whatever the chunks; other frames are passed over. */
export function frameReader(): (chunk: Buffer) => string {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let text = ''
    for (let frame = firstFrame(rest); frame !== undefined; frame = firstFrame(rest)) {
      if (frame.opcode === TEXT || frame.opcode === CONTINUED) text += rest.toString('latin1', frame.start, frame.end)
      rest = rest.subarray(frame.end)
    }
    return text
  }
}

/** RFC 6455 §5.2; a server masks nothing. */
function firstFrame(bytes: Buffer) {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1)
  const start = 2 + (short === 127 ? 8 : short === 126 ? 2 : 0)
  if (bytes.length < start) return undefined
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short
  const end = start + length
  return bytes.length < end ? undefined : { opcode: bytes.readUInt8(0) & 0x0f, start, end }
}

/** RFC 7395 §3.3: each element in a frame of its own. What is said here is always one. */
const SOCKET: Framing = {
  opening: (domain) => `<open xmlns='${FRAMING}' to='${domain}' version='1.0'/>`,
  closing: `<close xmlns='${FRAMING}'/>`,
  write: (socket, text) => void socket.write(frameOf(text)),
  reader: frameReader,
}

/** Connects over TLS and upgrades. Rejects where the server takes no WebSocket. */
export async function openWebSocketLine(user: number, { host, ws }: Endpoint, onFault: OnFault): Promise<Line> {
  if (ws === undefined) throw new TypeError('the server has no WebSocket')
  const socket = await secured(host, ws.port)
  const key = randomBytes(16).toString('base64')
  const head = [
    `GET ${ws.path} HTTP/1.1`,
    `Host: localhost:${ws.port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Protocol: xmpp',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  // Nothing more comes before the client has opened the stream.
  const [answer]: unknown[] = await once(socket, 'data')
  const text = String(answer)
  if (!text.startsWith('HTTP/1.1 101') || !text.endsWith('\r\n\r\n')) throw new Error(`upgrade answered with ${text}`)
  return lineOn(socket, user, SOCKET, onFault)
}
