// Slow: hundreds of connections.
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { RawClient } from './testing/client.ts'
import { type House, LIMITS, startHouse } from './testing/house.ts'
import { WebClient } from './testing/web-client.ts'

const url = ({ cm }: House) => `ws://127.0.0.1:${cm.addresses().http}/ws`
const port = ({ cm }: House) => cm.addresses().http ?? 0
const UPGRADE = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: xmpp',
]
const request = (line: string, headers: readonly string[] = UPGRADE) => `${[line, ...headers].join('\r\n')}\r\n\r\n`

/** What would have ended the process: the runner of tests does not. */
const fatal: unknown[] = []
process.on('uncaughtExceptionMonitor', (fault) => void fatal.push(fault))

/** That the server lives, and serves. */
async function lives(house: House): Promise<void> {
  const client = await WebClient.connect(url(house))
  await client.open().next()
  client.socket.terminate()
  assert.deepEqual([house.faults, fatal], [[], []])
}

const targets: readonly (readonly [string, string, RegExp])[] = [
  ['§4.2.1 an upgrade with a target that is no URL', '//', /^HTTP\/1.1 404 /],
  ['§4.2.1 an upgrade with a target without an end', 'http://[', /^HTTP\/1.1 404 /],
  ['§4.2.1 an upgrade with a path with dots', '/x/../ws', /^HTTP\/1.1 404 /],
  ['§4.2.1 an upgrade with a path with encoded dots (CVE-2023-32315)', '/ws/%u002e%u002e/ws', /^HTTP\/1.1 404 /],
  ['§4.2.1 an upgrade with a path with encoded slashes (CVE-2016-1231)', '/%2e%2e%2fws', /^HTTP\/1.1 404 /],
  ['§4.2.1 an upgrade with a backslash', '/\\..\\ws', /^HTTP\/1.1 404 /],
  ['§4.2.1 an upgrade with no path', '*', /^HTTP\/1.1 404 /],
  ['§4.2.1 an upgrade with a query', '/ws?x=1', /^HTTP\/1.1 101 /],
]
for (const [name, target, expected] of targets) {
  test(`RFC 6455 ${name} is answered, and harms nobody`, async () => {
    await using house = await startHouse()
    const client = await RawClient.tcp(port(house))
    assert.match(await client.send(request(`GET ${target} HTTP/1.1`)).until('\r\n'), expected)
    client.destroy()
    await lives(house)
  })
}

test('RFC 6455 §4.2.1 who resets the connection of a refused upgrade harms nobody', async () => {
  await using house = await startHouse()
  for (let i = 0; i < 20; i++) {
    const socket: Socket = connect({ port: port(house), host: '127.0.0.1' })
    socket.on('error', () => undefined)
    await new Promise<void>((resolve) => void socket.once('connect', resolve))
    socket.write(request('GET /elsewhere HTTP/1.1') + 'x'.repeat(i * 1000), () => void socket.resetAndDestroy())
    await new Promise<void>((resolve) => void socket.once('close', resolve))
  }
  await lives(house)
})

const requests: readonly (readonly [string, string, RegExp])[] = [
  [
    '§6.3 a request with two lengths',
    request('POST /ws HTTP/1.1', ['Host: x', 'Content-Length: 5', 'Content-Length: 6']),
    /^HTTP\/1.1 400 [^]*close/,
  ],
  [
    '§6.3 a request with a length and chunks',
    request('POST /ws HTTP/1.1', ['Host: x', 'Content-Length: 5', 'Transfer-Encoding: chunked']),
    /^HTTP\/1.1 400 [^]*close/,
  ],
  ['§6.3 a request with a bare line feed', 'GET /ws HTTP/1.1\nHost: x\n\n', /^HTTP\/1.1 400 [^]*close/],
  [
    '§6.3 a request with headers without end',
    request('GET /ws HTTP/1.1', [`X: ${'x'.repeat(100_000)}`]),
    /^HTTP\/1.1 431 /,
  ],
  ['§6.3 a request with no host', request('GET /ws HTTP/1.1', ['Connection: close']), /^HTTP\/1.1 400 /],
  ['§6.3 a request with no upgrade', request('GET /ws HTTP/1.1', ['Host: x', 'Connection: close']), /^HTTP\/1.1 404 /],
  [
    '§6.3 a request with another method',
    request('POST /ws HTTP/1.1', ['Host: x', 'Connection: close']),
    /^HTTP\/1.1 404 /,
  ],
]
for (const [name, said, expected] of requests) {
  test(`RFC 9112 ${name} is refused, and nothing after it is read as another one`, async () => {
    await using house = await startHouse()
    const client = await RawClient.tcp(port(house))
    const text = await client.send(said).send(request('GET /ws HTTP/1.1')).end()
    assert.match(text, expected)
    assert.doesNotMatch(text, / 101 /)
    await lives(house)
  })
}

for (const [name, begun] of [
  ['a request that never ends', 'GET /ws HTTP/1.1\r\nHost: localhost\r\nX: '],
  ['a body that never comes', 'POST /ws HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nx'],
] as const) {
  test(`RFC 6120 §13.12 ${name} is given up at the deadline for logging in`, async () => {
    await using house = await startHouse({ limits: { preauthDeadlineMs: 200 } })
    const client = await RawClient.tcp(port(house))
    assert.match(await client.send(begun).end(), /^HTTP\/1.1 (?:404|408) /)
  })
}

test('RFC 6120 §13.12 a message may hold no more than an authenticated client may send, in however many fragments', async () => {
  await using house = await startHouse()
  const client = await (await WebClient.connect(url(house))).login()
  const piece = 'x'.repeat(50_000)
  for (let sent = 0; sent <= LIMITS.afterAuth.bytes; sent += piece.length) client.socket.send(piece, { fin: false })
  await client.end()
  await house.empty()
})
