import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { type House, LIMITS, startHouse } from './testing/house.ts'
import { WebClient } from './testing/web-client.ts'

const url = ({ cm }: House) => `ws://127.0.0.1:${cm.addresses().http}/ws`
const FRAMING = `xmlns='urn:ietf:params:xml:ns:xmpp-framing'`
const OPEN = `<open ${FRAMING} to='localhost' version='1.0'/>`

test('RFC 7395 §3.2, RFC 6455 §5.4 a message may come in fragments, with pings between them', async () => {
  await using house = await startHouse()
  const client = await WebClient.connect(url(house))
  const pong = once(client.socket, 'pong')
  const half = Math.floor(OPEN.length / 2)
  client.socket.send(OPEN.slice(0, 1), { fin: false })
  client.socket.send(OPEN.slice(1, half), { fin: false })
  client.socket.ping('still there?')
  const [said] = await pong
  assert.equal(String(said), 'still there?')
  client.socket.send(OPEN.slice(half), { fin: true })
  assert.match(await client.next(), /^<open /)
  assert.match(await client.next(), /^<stream:features /)
})

test('RFC 7395 §3.2, RFC 6455 §8.1 text that is no UTF-8 ends the connection', async () => {
  await using house = await startHouse()
  const client = await WebClient.connect(url(house))
  client.socket.send(Buffer.from([0x3c, 0xff, 0xfe]), { binary: false })
  const [code] = await once(client.socket, 'close')
  assert.equal(code, 1007)
  await house.empty()
})

test('RFC 7395 §3.6 after <close/> the server closes the WebSocket', async () => {
  await using house = await startHouse()
  for (const last of [`<close ${FRAMING}/>`, '<x/>']) {
    const client = await WebClient.connect(url(house))
    await client.open().next()
    const closed = once(client.socket, 'close')
    client.send(last)
    const [code] = await closed
    assert.equal(code, 1000)
    assert.equal((await client.end()).at(-1), `<close ${FRAMING}/>`)
  }
  await house.empty()
})

test('RFC 7395 §3.8 a silent client is asked by a stanza and not by white space', async () => {
  await using house = await startHouse()
  const client = await (await WebClient.connect(url(house))).login()
  house.clock.advance(LIMITS.silenceMs)
  assert.match(await client.next(), /^<iq xmlns='jabber:client' [^>]*type='get'><ping xmlns='urn:xmpp:ping'\/><\/iq>$/)
})

test('RFC 7395 §3.7 at a restart no stream is closed', async () => {
  await using house = await startHouse()
  const client = await WebClient.connect(url(house))
  await client.open().next()
  await client.next()
  client.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>`)
  assert.match(await client.next(), /^<success /)
  assert.match(await client.open().next(), /^<open /)
  assert.match(await client.next(), /<bind /)
})

test('RFC 7395 §3.4 the answer to <open/> has the attributes of a stream header', async () => {
  await using house = await startHouse()
  const client = await WebClient.connect(url(house))
  client.open(`to='localhost' from='alice@localhost' version='1.0' xml:lang='de'`)
  assert.match(
    await client.next(),
    /^<open [^>]*from='localhost' to='alice@localhost' id='[^']{16,}' version='1.0' xml:lang='en'\/>$/,
  )
})

test('RFC 7395 §3.5 an error of an open stream is a message of its own', async () => {
  await using house = await startHouse()
  const client = await WebClient.connect(url(house))
  await client.open().next()
  await client.next()
  const [error = '', ...rest] = await client.send(`<message xmlns='jabber:client'/>`).end()
  assert.match(error, /^<stream:error xmlns:stream='[^']+'><not-authorized [^>]*\/><\/stream:error>$/)
  assert.deepEqual(rest, [`<close ${FRAMING}/>`])
})

test('RFC 7395 §3.3.3 namespaces of one frame do not reach the next', async () => {
  await using house = await startHouse()
  const client = await WebClient.connect(url(house))
  client.send(`<open ${FRAMING} xmlns:p='urn:p' to='localhost' version='1.0'/>`)
  await client.next()
  await client.next()
  const [error = ''] = await client.send(`<p:x/>`).end()
  assert.match(error, /<not-well-formed /)
})

test('RFC 7692 §5.1 a WebSocket is never compressed: what is small on the wire is small here', async () => {
  await using house = await startHouse()
  const socket = new WebSocket(url(house), ['xmpp'], { perMessageDeflate: true })
  await once(socket, 'open')
  assert.equal(socket.extensions, '')
  socket.terminate()
})
