import assert from 'node:assert/strict'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { RawClient } from './testing/client.ts'
import { startHouse } from './testing/house.ts'

const STARTTLS = `<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`
const PROCEED = `<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`

test('RFC 6120 §5.4.2.3 <proceed/> is the last thing said before TLS, and nothing comes after its last byte', async () => {
  await using house = await startHouse()
  const client = await RawClient.tcp(house.port)
  await client.open().until('</stream:features>')
  assert.equal(await client.send(STARTTLS).until('/>'), PROCEED)
  assert.equal(client.text, '')
  await client.handshake()
  await client.open().until('</stream:features>')
  client.destroy()
})

test('RFC 6120 §5.4.3.2 where TLS fails the connection ends, without a word', async () => {
  await using house = await startHouse()
  for (const hello of ['<stream:stream>', '\x16\x03\x01\x00\x05hello', 'GET / HTTP/1.1\r\n\r\n']) {
    const client = await RawClient.tcp(house.port)
    await client.open().until('</stream:features>')
    await client.send(STARTTLS).until(PROCEED)
    assert.doesNotMatch(await client.send(Buffer.from(hello, 'latin1')).end(), /stream/)
  }
  await house.empty()
})

test('RFC 6120 §5.4.3.3 under TLS the stream begins anew: another id, no STARTTLS, and who was named before is forgotten', async () => {
  await using house = await startHouse()
  const client = await RawClient.tcp(house.port)
  const before = await client.open(`to='localhost' from='bob@localhost'`).until('</stream:features>')
  await client.startTls()
  const after = await client.open().until('</stream:features>')
  const id = (text: string) => / id='([^']+)'/.exec(text)?.[1]
  assert.notEqual(id(after), id(before))
  assert.doesNotMatch(after, /starttls|bob@/)
  assert.match(after, /<mechanisms /)
  await client.plain('alice', 'secret').until('<success')
  client.destroy()
})

test('RFC 6120 §13.9.5 a client that renegotiates is refused', async () => {
  await using house = await startHouse()
  const options = { rejectUnauthorized: false, maxVersion: 'TLSv1.2', ALPNProtocols: ['xmpp-client'] } as const
  const socket = connectTls({ port: house.tlsPort, host: '127.0.0.1', ...options })
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  const refused = new Promise<Error>((resolve) => socket.once('error', resolve))
  socket.renegotiate({ rejectUnauthorized: false }, () => undefined)
  assert.match((await refused).message, /no renegotiation/)
  socket.destroy()
})

test('RFC 6120 §13.9.5 SSL 2.0 and SSL 3.0 are not spoken', async () => {
  await using house = await startHouse()
  // A hello of SSL 2.0, and one whose highest version is SSL 3.0.
  const old = Buffer.from([0x80, 0x2e, 0x01, 0x00, 0x02, 0x00, 0x15, 0x00, 0x00, 0x00, 0x10, 0x01, 0x00, 0x80])
  const hello = Buffer.concat([Buffer.from([0x03, 0x00]), Buffer.alloc(32), Buffer.from([0, 0, 2, 0, 0x35, 1, 0])])
  const message = Buffer.concat([Buffer.from([1, 0, 0, hello.length]), hello])
  const third = Buffer.concat([Buffer.from([22, 3, 0, 0, message.length]), message])
  for (const bytes of [Buffer.concat([old, Buffer.alloc(64)]), third]) {
    const client = await RawClient.tcp(house.tlsPort)
    const answer = Buffer.from(await client.send(bytes).end(), 'latin1')
    // At most an alert.
    assert.ok(answer.length <= 16, answer.toString('hex'))
  }
  await house.empty()
})

/** Passes bytes on between a client and a server, and keeps what the server said. */
async function tap(port: number): Promise<{ readonly port: number; readonly said: () => Buffer; close: () => void }> {
  const chunks: Buffer[] = []
  const sockets: Socket[] = []
  const relay = createServer({ allowHalfOpen: true }, (near) => {
    const far = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true })
    sockets.push(near, far)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    far.on('data', (chunk: Buffer) => void chunks.push(chunk))
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => void relay.listen(0, '127.0.0.1', resolve))
  const address = relay.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    port: address.port,
    said: () => Buffer.concat(chunks),
    close: () => {
      relay.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Types of the records in a stream of TLS 1.2. */
function recordsIn(bytes: Buffer): readonly number[] {
  const types: number[] = []
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) types.push(bytes[at] ?? 0)
  return types
}

test('RFC 6120 §4.4 the end of a stream is told under TLS before the connection ends', async () => {
  await using house = await startHouse()
  const wire = await tap(house.tlsPort)
  const options = { rejectUnauthorized: false, maxVersion: 'TLSv1.2', ALPNProtocols: ['xmpp-client'] } as const
  const socket: TLSSocket = connectTls({ port: wire.port, host: '127.0.0.1', ...options })
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  socket.write('<stream:stream>')
  await new Promise<void>((resolve) => socket.once('end', resolve))
  assert.match(text, /<\/stream:stream>$/)
  const types = recordsIn(wire.said())
  // The last record is an alert, close_notify; those of the stream came before it.
  assert.deepEqual(types.slice(-2), [23, 21])
  wire.close()
})
