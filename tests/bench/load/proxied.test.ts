import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { say } from './line.ts'
import { headerOf, openProxiedLine } from './proxied.ts'

void test('PROXY protocol §2.2 a header says where its user comes from, which is nowhere else', () => {
  assert.equal(headerOf(0x0203).toString('hex'), '0d0a0d0a000d0a515549540a2111000cc6120203c0000201c3501467')
  const users = [0, 1, 255, 256, 4_999, 65_535, 65_536, 131_071]
  assert.equal(new Set(users.map((user) => headerOf(user).toString('hex'))).size, users.length)
})

void test('the header stands before the stream, and neither is under TLS', async () => {
  const whole = Promise.withResolvers<Buffer>()
  const server = createServer((socket) => {
    let read = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      read = Buffer.concat([read, chunk])
      if (read.includes('>')) whole.resolve(read)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const endpoint = { host: '127.0.0.1', tlsPort: 0, proxiedPort: address.port }
  const line = await openProxiedLine(7, endpoint, (fault) => whole.reject(new Error(fault)))
  say(line, '<presence/>')
  assert.deepEqual(await whole.promise, Buffer.concat([headerOf(7), Buffer.from('<presence/>')]))
  line.leaving = true
  line.socket.destroy()
  server.close()
})

void test('who takes no terminator is not connected to', async () => {
  const endpoint = { host: '127.0.0.1', tlsPort: 0 }
  await assert.rejects(
    openProxiedLine(0, endpoint, () => undefined),
    /takes no terminator/,
  )
})
