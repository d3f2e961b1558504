import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { RawClient } from './testing/client.ts'
import { message, SM } from './testing/guest.ts'
import { type House, startHouse, testCertificate } from './testing/house.ts'
import { WebClient } from './testing/web-client.ts'
import { isLoopback } from './web.ts'

const plain = ({ cm }: House, path = '/ws') => `ws://127.0.0.1:${cm.addresses().http}${path}`
const secure = ({ cm }: House) => `wss://127.0.0.1:${cm.addresses().https}/ws`
const OPEN = `<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'`
const CLOSE = `<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>`

for (const [name, url] of [
  ['HTTP on loopback', plain],
  ['HTTPS', secure],
] as const) {
  test(`RFC 7395 §3 a client logs in, speaks and is spoken to over ${name}`, async () => {
    await using house = await startHouse()
    const client = await WebClient.connect(url(house))
    assert.equal(client.socket.protocol, 'xmpp')
    client.open()
    assert.match(
      await client.next(),
      /^<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='localhost' id='[^']{16,}' version='1.0' xml:lang='en'\/>$/,
    )
    const offer = await client.next()
    assert.match(offer, /^<stream:features xmlns:stream='http:\/\/etherx.jabber.org\/streams'><mechanisms /)
    // RFC 7395 §3.9; nothing to bind to.
    assert.doesNotMatch(offer, /starttls|PLUS/)
    client.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>`)
    assert.equal(await client.next(), `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`)
    client.open()
    assert.ok((await client.next()).startsWith(OPEN))
    assert.match(await client.next(), /<bind /)
    client.send(`<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`)
    assert.match(
      await client.next(),
      /^<iq xmlns='jabber:client' id='b' type='result'>.*<jid>alice@localhost\/made<\/jid>/,
    )
    const { at, account } = await house.owner.next('bind')

    client.send(`<message xmlns='jabber:client' to='bob@localhost'><body>x</body><a:b xmlns:a='urn:a'/></message>`)
    const { stanza } = await house.owner.next('out')
    assert.equal(stanza.inner, `<body>x</body><a:b xmlns:a='urn:a'/>`)
    for (const n of [1, 2])
      house.owner.say(at, account, { k: 'deliver', to: [{ conn: at.conn, n }], stanza: message(`m${n}`) })
    // RFC 7395 §3.3.3: each in a message of its own, with its namespace.
    for (const n of [1, 2])
      assert.match(await client.next(), new RegExp(`^<message xmlns='jabber:client' id='m${n}'[^]*</message>$`))
    assert.equal((await house.owner.next('confirm')).h > 0, true)

    client.send(CLOSE)
    assert.deepEqual(await client.end(), [CLOSE])
    assert.equal((await house.owner.next('gone')).closed, true)
  })
}

test('RFC 7395 §3.1 whoever does not ask for xmpp is refused', async () => {
  await using house = await startHouse()
  await assert.rejects(WebClient.connect(plain(house), 'chat'), /400/)
  await assert.rejects(WebClient.connect(plain(house, '/elsewhere')), /404/)
  const client = await RawClient.tcp(house.cm.addresses().http ?? 0)
  await client.send('GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n').until('HTTP/1.1 404')
})

test('RFC 7395 §3.3.3 a frame may begin with an XML declaration', async () => {
  await using house = await startHouse()
  const declaration = `<?xml version='1.0'?>`
  const client = await WebClient.connect(plain(house))
  client.send(`${declaration}${OPEN} to='localhost' version='1.0'/>`)
  assert.ok((await client.next()).startsWith(OPEN))
  assert.match(await client.next(), /^<stream:features /)
  client.send(
    `${declaration}\n<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>`,
  )
  assert.match(await client.next(), /^<success /)
  client.send(`${declaration}${OPEN} to='localhost' version='1.0'/>`)
  assert.ok((await client.next()).startsWith(OPEN))
  assert.match(await client.next(), /<bind /)
  client.send(`<?xml version="1.0" encoding="UTF-8"?>${CLOSE}`)
  assert.deepEqual(await client.end(), [CLOSE])
})

const broken: readonly (readonly [string, string, string])[] = [
  ['§3.3.2 another namespace', `<open xmlns='urn:x' to='localhost' version='1.0'/>`, 'invalid-namespace'],
  ['§3.4 a stanza before <open/>', `<message xmlns='jabber:client'/>`, 'invalid-namespace'],
  ['§3.3.3 whitespace first', ` ${OPEN} to='localhost' version='1.0'/>`, 'not-well-formed'],
  ['§3.3.3 half an element', `${OPEN} to='localhost'`, 'not-well-formed'],
  [
    '§3.3.3 two elements',
    `${OPEN} to='localhost' version='1.0'/>${OPEN} to='localhost' version='1.0'/>`,
    'not-well-formed',
  ],
  ['§3.3.3 text after the element', `${OPEN} to='localhost' version='1.0'/>x`, 'bad-format'],
  ['§3.3.3 the end of what is around it', '</frame>', 'not-well-formed'],
  ['§3.3.3 a prefix that is bound nowhere', '<stream:error/>', 'not-well-formed'],
  ['§3.3.3 two declarations', `<?xml version='1.0'?><?xml version='1.0'?><x/>`, 'restricted-xml'],
  ['§3.3.3 a declaration that does not end', `<?xml version='1.0'`, 'restricted-xml'],
  ['§3.3.3 a declaration of XML 1.1', `<?xml version='1.1'?><x/>`, 'not-well-formed'],
  ['§3.5 another processing instruction', `<?xsl version='1.0'?><x/>`, 'restricted-xml'],
  ['§3.5 a document type after a declaration', `<?xml version='1.0'?><!DOCTYPE x><x/>`, 'restricted-xml'],
  ['§3.5 a document type (CVE-2022-0217)', '<!DOCTYPE x [<!ENTITY a "b">]><x/>', 'restricted-xml'],
  ['§3.5 a host that is not served', `${OPEN} to='example.net' version='1.0'/>`, 'host-unknown'],
  [
    '§3.5 more than 10,000 bytes',
    `${OPEN} to='localhost' version='1.0' x='${'x'.repeat(10_000)}'/>`,
    'policy-violation',
  ],
]
for (const [name, frame, condition] of broken) {
  test(`RFC 7395 ${name} gets <open/>, ${condition} and <close/>`, async () => {
    await using house = await startHouse()
    const client = await WebClient.connect(plain(house))
    const [open = '', error = '', close, ...more] = await client.send(frame).end()
    assert.ok(open.startsWith(OPEN))
    assert.match(error, new RegExp(`^<stream:error xmlns:stream='http://etherx.jabber.org/streams'><${condition} `))
    assert.equal(close, CLOSE)
    assert.deepEqual(more, [])
  })
}

test('RFC 7395 §3.4 a second <open/> without a restart ends the stream', async () => {
  await using house = await startHouse()
  const client = await WebClient.connect(plain(house))
  const [, , error = ''] = await client.open().open().end()
  assert.match(error, /<not-authorized /)
})

test('RFC 7395 §3.2 a binary message ends the connection', async () => {
  await using house = await startHouse()
  const client = await WebClient.connect(plain(house))
  client.socket.send(Buffer.from('<open/>'), { binary: true })
  const [code] = await once(client.socket, 'close')
  assert.equal(code, 1003)
  await house.empty()
})

test('RFC 6120 §13.12 before login a client may fill no memory with a message that never ends', async () => {
  await using house = await startHouse()
  const client = await WebClient.connect(plain(house))
  // Fragments of one message, none of them large.
  for (let i = 0; i < 20; i++) client.socket.send('x'.repeat(5000), { fin: false })
  await client.end()
  await house.empty()
})

test('RFC 7395 §3.6 a lost WebSocket may be resumed where stream management was negotiated', async () => {
  await using house = await startHouse()
  const client = await (await WebClient.connect(secure(house))).login()
  const { at, account } = await house.owner.next('bind')
  client.send(`<enable ${SM} resume='true'/>`)
  await house.owner.next('sm-enable')
  house.owner.say(at, account, { k: 'sm-enabled', conn: at.conn, id: 'sm1', inBase: 0, outBase: 0 })
  assert.equal(await client.next(), `<enabled xmlns='urn:xmpp:sm:3' id='sm1' resume='true'/>`)
  client.socket.terminate()
  assert.equal((await house.owner.next('gone')).closed, false)
})

test('a new certificate is used for new WebSockets', async () => {
  await using house = await startHouse()
  const port = house.cm.addresses().https ?? 0
  const before = await RawClient.tls(port, { alpn: 'http/1.1' })
  house.changeCertificate(await testCertificate('example.org'))
  const after = await RawClient.tls(port, { alpn: 'http/1.1' })
  assert.notEqual(before.peerFingerprint, after.peerFingerprint)
})

test('the deadline of a login holds on WebSocket', async () => {
  await using house = await startHouse()
  const client = await WebClient.connect(plain(house))
  while (house.cm.connections() < 1) await new Promise<void>((resolve) => void setImmediate(resolve))
  house.clock.advance(30_000)
  const [, error = ''] = await client.end()
  assert.match(error, /<connection-timeout /)
})

const addresses: readonly (readonly [string, boolean])[] = [
  ['127.0.0.1', true],
  ['127.8.0.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['192.0.2.1', false],
  ['::ffff:192.0.2.1', false],
  ['2001:db8::1', false],
  ['127.example.org', false],
]
for (const [address, expected] of addresses) {
  test(`${address} ${expected ? 'is' : 'is not'} loopback`, () => assert.equal(isLoopback(address), expected))
}
