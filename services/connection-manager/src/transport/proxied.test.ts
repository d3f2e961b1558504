import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { RawClient } from '../testing/client.ts'
import { type House, startHouse } from '../testing/house.ts'
import { endsOf, headerFrom, headerWith, LOCAL_HEADER } from '../testing/proxy-header.ts'
import { listed } from './proxied.ts'

const OPEN = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>`
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))

/** A client as a terminator lets it come. */
const proxied = async ({ proxiedPort }: House, header: Uint8Array) => (await RawClient.tcp(proxiedPort)).send(header)

/** Logs in and binds on a stream that needs no TLS. */
async function logIn(client: RawClient): Promise<RawClient> {
  await client.open().until('</stream:features>')
  await client.plain('alice', 'secret').until(/<success[^>]*>/)
  await client.open().until('</stream:features>')
  assert.match(await client.bind(), /<jid>alice@localhost\/balcony<\/jid>/)
  return client
}

test('RFC 6120 §13.8 behind a terminator a stream is secured: SASL is offered at once, and nothing to bind to', async () => {
  await using house = await startHouse()
  const client = await proxied(house, headerFrom('192.0.2.1'))
  const features = await client.open().until('</stream:features>')
  const mechanisms = [...features.matchAll(/<mechanism>([^<]*)<\/mechanism>/g)].map(([, name]) => name)
  assert.deepEqual(mechanisms, ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'])
  assert.doesNotMatch(features, /starttls|channel-binding/)
  client.destroy()
})

test('RFC 6120 §5.4.3.3 behind a terminator TLS cannot begin once more', async () => {
  await using house = await startHouse()
  const client = await proxied(house, headerFrom('192.0.2.1'))
  await client.open().until('</stream:features>')
  client.send(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`)
  const said = await client.end()
  assert.match(said, /<\/stream:stream>$/)
  assert.doesNotMatch(said, /<proceed/)
})

for (const [title, header, address] of [
  ['its header', headerFrom('192.0.2.1'), '192.0.2.1'],
  ['its header over IPv6', headerFrom('2001:db8::7'), '2001:db8::7'],
  ['the socket, for a check of the terminator itself', LOCAL_HEADER, '127.0.0.1'],
  ['the socket, for one of whom the terminator does not know', headerWith(0x21, 0, Buffer.alloc(0)), '127.0.0.1'],
] as const) {
  test(`RFC 6120 §13.10.1 a client behind a terminator logs in from the address of ${title}`, async () => {
    await using house = await startHouse()
    const client = await logIn(await proxied(house, header))
    assert.deepEqual(
      house.logins.map(({ address: from, bindings, announced }) => [from, bindings, announced]),
      [[address, {}, []]],
    )
    client.send(`<message to='bob@localhost'><body>x</body></message>`)
    assert.equal((await house.owner.next('out')).stanza.from, 'alice@localhost/balcony')
    client.destroy()
  })
}

test('PROXY protocol §2.2 however header and stream are cut into pieces, what follows the header is the stream', async () => {
  await using house = await startHouse()
  const header = headerFrom('192.0.2.1', Buffer.from([0x04, 0, 1, 0x3c]))
  const whole = Buffer.concat([header, Buffer.from(OPEN)])
  const byByte = await RawClient.tcp(house.proxiedPort)
  for (const byte of whole) {
    byByte.send(Uint8Array.of(byte))
    await turn()
  }
  await byByte.until('</stream:features>')
  for (let cut = header.length - 2; cut <= header.length + 2; cut++) {
    const client = await proxied(house, whole.subarray(0, cut))
    await turn()
    await client.send(whole.subarray(cut)).until('</stream:features>')
    client.destroy()
  }
  byByte.destroy()
})

test('RFC 6120 §13.12 the limits of an address are those of the client and not of the terminator', async () => {
  await using house = await startHouse({ limits: { connectionsPerAddress: 1 } })
  const first = await proxied(house, headerFrom('192.0.2.1'))
  await first.open().until('</stream:features>')
  const second = await proxied(house, headerFrom('192.0.2.1'))
  assert.match(await second.end(), /<policy-violation .*<\/stream:stream>$/)
  const other = await proxied(house, headerFrom('192.0.2.2'))
  await other.open().until('</stream:features>')
  // The same address at another port is the same client.
  const tcp = await RawClient.tcp(house.port)
  await tcp.open().until('</stream:features>')
  assert.match(await (await proxied(house, headerFrom('127.0.0.1'))).end(), /<policy-violation /)
  first.destroy()
  while (house.cm.connections() > 2) await turn()
  const again = await proxied(house, headerFrom('192.0.2.1'))
  await again.open().until('</stream:features>')
  for (const client of [other, tcp, again]) client.destroy()
  await house.empty()
})

test('RFC 6120 §13.12 a client behind a terminator waits for its turn, and nothing of its stream is lost', async () => {
  await using house = await startHouse({ limits: { loginsPerSecond: 1 } })
  const first = await proxied(house, headerFrom('192.0.2.1'))
  await first.open().until('</stream:features>')
  const second = await proxied(house, Buffer.concat([headerFrom('192.0.2.2'), Buffer.from(OPEN)]))
  // By the time that this is closed the other has been read.
  await (await proxied(house, Buffer.from('?'))).end()
  assert.equal(house.cm.connections(), 1)
  while (house.cm.connections() < 2) {
    house.clock.advance(1000)
    await turn()
  }
  await second.until('</stream:features>')
  for (const client of [first, second]) client.destroy()
})

test('whoever is no terminator is closed at once, whatever he says', async () => {
  await using house = await startHouse({ proxiedFrom: ['192.0.2.0/24', '127.0.0.2'] })
  for (const header of [headerFrom('192.0.2.1'), LOCAL_HEADER, Buffer.from(OPEN)])
    assert.equal(await (await proxied(house, header)).end(), '')
  const reason = 'its address is not in c2s.proxied_from'
  const told = { address: '127.0.0.1', reason }
  // The first is for the operator; the others say the same.
  assert.deepEqual(house.logged, [
    ['warn', 'proxied_refused', told],
    ['debug', 'proxied_refused', told],
    ['debug', 'proxied_refused', told],
  ])
  const socket = connect({ port: house.proxiedPort, host: '127.0.0.1', localAddress: '127.0.0.2' })
  socket.write(Buffer.concat([headerFrom('192.0.2.1'), Buffer.from(OPEN)]))
  const heard = await new Promise<unknown>((resolve) => socket.once('data', resolve))
  assert.match(String(heard), /<stream:stream /)
  socket.destroy()
})

for (const [title, bytes, reason] of [
  ['a stream without a header', Buffer.from(OPEN), /no signature/],
  ['a header of version 1', Buffer.from(`PROXY TCP4 192.0.2.1 192.0.2.2 5 6\r\n${OPEN}`), /no signature/],
  ['the hello of TLS', Buffer.from([22, 3, 1, 0, 5, 1, 0, 0, 1, 3]), /no signature/],
  ['a header that is too long', headerWith(0x21, 0x11, endsOf('192.0.2.1'), 0xffff), /65551 bytes/],
  ['a header too short for its addresses', headerWith(0x21, 0x21, endsOf('192.0.2.1')), /no room/],
] as const) {
  test(`PROXY protocol §2.2 a connection that begins with ${title} is closed without a word`, async () => {
    await using house = await startHouse()
    assert.equal(await (await proxied(house, bytes)).end(), '')
    const [[, event, told] = []] = house.logged
    assert.equal(event, 'proxied_refused')
    assert.match(JSON.stringify(told), reason)
    assert.equal(house.cm.connections(), 0)
  })
}

test('PROXY protocol §2.2 a header that ends too early is told of, and one who only looks whether the port is open is not', async () => {
  await using house = await startHouse()
  const timers = house.clock.pending()
  const curious = await RawClient.tcp(house.proxiedPort)
  curious.finish()
  assert.equal(await curious.end(), '')
  const partial = await proxied(house, headerFrom('192.0.2.1').subarray(0, 27))
  partial.finish()
  assert.equal(await partial.end(), '')
  while (house.clock.pending() > timers) await turn()
  assert.deepEqual(house.logged, [
    ['warn', 'proxied_refused', { address: '127.0.0.1', reason: 'it ended within its header' }],
  ])
})

test('a header that does not come in time is not waited for, and bytes of it do not move the deadline', async () => {
  await using house = await startHouse()
  const timers = house.clock.pending()
  const silent = await RawClient.tcp(house.proxiedPort)
  const slow = await proxied(house, headerFrom('192.0.2.1').subarray(0, 12))
  while (house.clock.pending() < timers + 2) await turn()
  house.clock.advance(4_999)
  slow.send(headerFrom('192.0.2.1').subarray(12, 20))
  // When one who comes later is served, what the slow one has said is read.
  const whole = await proxied(house, headerFrom('192.0.2.2'))
  await whole.open().until('</stream:features>')
  assert.equal(house.cm.connections(), 1)
  house.clock.advance(1)
  assert.deepEqual([await silent.end(), await slow.end()], ['', ''])
  assert.equal(house.cm.connections(), 1)
  whole.destroy()
})

test('nothing of a connection that has not said its header keeps the service from closing', async () => {
  const house = await startHouse()
  const timers = house.clock.pending()
  const silent = await RawClient.tcp(house.proxiedPort)
  while (house.clock.pending() === timers) await turn()
  await house[Symbol.asyncDispose]()
  assert.equal(await silent.end(), '')
})

const LISTED: readonly (readonly [networks: readonly string[], address: string, isListed: boolean])[] = [
  [['127.0.0.0/8', '::1'], '127.0.0.1', true],
  [['127.0.0.0/8', '::1'], '::ffff:127.3.2.1', true],
  [['127.0.0.0/8', '::1'], '::1', true],
  [['127.0.0.0/8', '::1'], '::2', false],
  [['127.0.0.0/8', '::1'], '128.0.0.1', false],
  [['192.0.2.1'], '192.0.2.1', true],
  [['192.0.2.1'], '192.0.2.2', false],
  [['192.0.2.9/24'], '192.0.2.200', true],
  [['2001:db8::/32'], '2001:db8:1::1', true],
  [['2001:db8::/32'], '2001:db9::1', false],
  [['fe80::/10'], 'fe80::1%eth0', true],
  [['0.0.0.0/0'], '203.0.113.1', true],
  [['0.0.0.0/0'], '2001:db8::1', false],
]
for (const [networks, address, isListed] of LISTED) {
  test(`${address} is ${isListed ? '' : 'not '}one of ${networks.join(', ')}`, () =>
    assert.equal(listed(networks)(address), isListed))
}
