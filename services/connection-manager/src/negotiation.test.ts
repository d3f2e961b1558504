import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawClient } from './testing/client.ts'
import { type House, startHouse, testCertificate } from './testing/house.ts'

const condition = (text: string): string | undefined => /<stream:error><([a-z-]+) /.exec(text)?.[1]

test('XEP-0368 §2 a client may begin with TLS', async () => {
  await using house = await startHouse()
  const client = await RawClient.tls(house.tlsPort)
  const features = await client.open(`to='example.org'`).until('</stream:features>')
  assert.match(features, /from='example.org'/)
  assert.match(features, /<mechanism>PLAIN<\/mechanism>/)
  client.destroy()
})

test('XEP-0368 §2 another protocol than xmpp-client is not spoken to', async () => {
  await using house = await startHouse()
  await assert.rejects(RawClient.tls(house.tlsPort, { alpn: 'http/1.1' }))
})

test('RFC 9266 §4.2 on TLS 1.2 the exporter is not announced', async () => {
  await using house = await startHouse()
  const client = await RawClient.tls(house.tlsPort, { maxVersion: 'TLSv1.2' })
  const features = await client.open().until('</stream:features>')
  assert.doesNotMatch(features, /tls-exporter/)
  assert.match(features, /<channel-binding type='tls-server-end-point'\/>/)
  client.destroy()
})

test('RFC 5929 §3, §4, RFC 9266 §2 both ends bind to the same', async () => {
  await using house = await startHouse()
  const direct = await RawClient.tls(house.tlsPort)
  const old = await RawClient.tls(house.tlsPort, { maxVersion: 'TLSv1.2' })
  const upgraded = await RawClient.tcp(house.port)
  await upgraded.open().until('</stream:features>')
  await upgraded.startTls()
  for (const client of [direct, upgraded, old]) {
    await client.open().until('</stream:features>')
    await client.plain('alice', 'secret').until('<success')
  }
  const { 'tls-exporter': _, ...without } = old.bindings()
  assert.deepEqual(
    house.logins.map(({ bindings }) => bindings),
    [direct.bindings(), upgraded.bindings(), without],
  )
  assert.deepEqual(
    house.logins.map(({ announced }) => announced),
    [['tls-exporter', 'tls-server-end-point'], ['tls-exporter', 'tls-server-end-point'], ['tls-server-end-point']],
  )
  for (const client of [direct, upgraded, old]) client.destroy()
})

test('RFC 9325 §3.1.1 TLS 1.1 is refused', async () => {
  await using house = await startHouse()
  await assert.rejects(RawClient.tls(house.tlsPort, { maxVersion: 'TLSv1.1' }), /protocol version/)
})

test('RFC 6120 §5.4.3.3 what comes with <starttls/> is never taken for something said under TLS', async () => {
  await using house = await startHouse()
  for (const more of [
    `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>`,
    '<mess',
    ' \n<mess',
  ]) {
    const client = await RawClient.tcp(house.port)
    await client.open().until('</stream:features>')
    client.send(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>${more}`)
    assert.equal(await client.end(), '')
  }
})

test('RFC 6120 §11.7 a client may end what it says with a line break, also before TLS and a new stream', async () => {
  await using house = await startHouse()
  const client = await RawClient.tcp(house.port)
  await client.open().until('</stream:features>')
  client.send(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\n`)
  await client.until(/<proceed[^>]*>/)
  await client.handshake()
  await client.open().until('</stream:features>')
  client.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${btoa('\0alice\0secret')}</auth>\n`)
  await client.until('<success')
  await client.open().until('<bind')
  client.destroy()
})

test('RFC 6120 §4.7.3 each response header has an id of its own', async () => {
  await using house = await startHouse()
  const ids = new Set<string | undefined>()
  const client = await RawClient.tcp(house.port)
  const note = (text: string) => ids.add(/ id='([^']{16,})'/.exec(text)?.[1])
  note(await client.open().until('</stream:features>'))
  await client.startTls()
  note(await client.open().until('</stream:features>'))
  await client.plain('alice', 'secret').until('<success')
  note(await client.open().until('</stream:features>'))
  assert.equal(ids.size, 3)
  assert.ok(!ids.has(undefined))
  client.destroy()
})

test('RFC 6120 §6.4.3 a challenge is answered, and success carries data', async () => {
  await using house = await startHouse()
  const client = await RawClient.tls(house.tlsPort)
  await client.open().until('</stream:features>')
  client.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>biws</auth>`)
  await client.until('>Y2hhbGxlbmdl</challenge>')
  client.send(`<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>AAAA</response>`)
  await client.until('>dj0x</success>')
  client.destroy()
})

test('RFC 6120 §6.4.5 the fifth failure ends the stream', async () => {
  await using house = await startHouse()
  const client = await RawClient.tls(house.tlsPort)
  await client.open().until('</stream:features>')
  for (let i = 0; i < 4; i++) await client.plain('alice', 'wrong').until('</failure>')
  assert.equal(condition(await client.plain('alice', 'wrong').end()), 'policy-violation')
})

test('RFC 6120 §6.5.11 while nobody answers for accounts, login fails for now', async () => {
  await using house = await startHouse({ withoutAuth: true })
  const client = await RawClient.tls(house.tlsPort)
  await client.open().until('</stream:features>')
  assert.match(await client.plain('alice', 'secret').until('</failure>'), /<temporary-auth-failure\/>/)
  client.destroy()
})

test('a new certificate is used by the next handshake and leaves open streams alone', async () => {
  await using house = await startHouse()
  const before = await RawClient.tls(house.tlsPort)
  const certificate = await testCertificate('example.org')
  house.changeCertificate(certificate)
  house.changeCertificate({ cert: 'none', key: 'none' })
  const after = await RawClient.tls(house.tlsPort)
  assert.notEqual(before.peerFingerprint, after.peerFingerprint)
  await before.open().until('</stream:features>')
  await after.open().until('</stream:features>')
  before.destroy()
  after.destroy()
})

/** Before TLS, before SASL and after bind: where a stream can be broken. */
const stages: Readonly<Record<string, (house: House) => Promise<RawClient>>> = {
  'before TLS': async (house) => {
    const client = await RawClient.tcp(house.port)
    await client.open().until('</stream:features>')
    return client
  },
  'before SASL': async (house) => {
    const client = await RawClient.tls(house.tlsPort)
    await client.open().until('</stream:features>')
    return client
  },
  'after SASL': async (house) => (await RawClient.tls(house.tlsPort)).login(),
  'after bind': async (house) => {
    const client = await (await RawClient.tls(house.tlsPort)).login()
    await client.bind()
    return client
  },
}

const ALL = Object.keys(stages)
const UNTIL_BIND = ['before TLS', 'before SASL', 'after SASL']
const faults: readonly (readonly [string, string, readonly string[], string])[] = [
  ['§4.9.3.12 a message', '<message/>', UNTIL_BIND, 'not-authorized'],
  ['§4.9.3.13 a tag that is never opened', '</x>', ALL, 'not-well-formed'],
  ['§4.9.3.13 an unbound prefix', '<x:y/>', ALL, 'not-well-formed'],
  ['§4.9.3.22 bytes that are no UTF-8', '<presence>\xff</presence>', ALL, 'unsupported-encoding'],
  ['§11.1 a comment', '<!-- -->', ALL, 'restricted-xml'],
  ['§11.1 a document type', '<!DOCTYPE x>', ALL, 'restricted-xml'],
  ['§11.1 a processing instruction', '<?x y?>', ALL, 'restricted-xml'],
  ['§11.1 a foreign entity', '<presence>&x;</presence>', ALL, 'restricted-xml'],
  ['§4.9.3.1 text between elements', 'hello', ALL, 'bad-format'],
  [
    '§13.12 a stanza of more than 10,000 bytes',
    `<message>${'x'.repeat(10_000)}</message>`,
    ['before TLS', 'before SASL'],
    'policy-violation',
  ],
  [
    '§13.12 a stanza of more than the limit',
    `<message>${'x'.repeat(262_144)}</message>`,
    ['after SASL', 'after bind'],
    'policy-violation',
  ],
  [
    '§4.9.3.24 an element of another language',
    `<x xmlns='urn:x'/>`,
    ['after SASL', 'after bind'],
    'unsupported-stanza-type',
  ],
  ['§4.9.3.10 a stanza of servers', `<message xmlns='jabber:server'/>`, ['after bind'], 'invalid-namespace'],
  ['§4.9.3.9 somebody else as sender', `<message from='bob@localhost'/>`, ['after bind'], 'invalid-from'],
]
for (const [name, said, at, expected] of faults) {
  for (const stage of at) {
    test(`RFC 6120 ${name} ${stage} ends the stream with ${expected}`, async () => {
      await using house = await startHouse()
      const client = await stages[stage]?.(house)
      assert.ok(client)
      const text = await client.send(Buffer.from(said, 'latin1')).end()
      assert.equal(condition(text), expected)
      assert.ok(text.endsWith('</stream:error></stream:stream>'))
    })
  }
}

const openings: readonly (readonly [string, string, string])[] = [
  ['§4.9.3.22 another encoding', `<?xml version='1.0' encoding='ISO-8859-1'?><stream:stream`, 'unsupported-encoding'],
  ['§4.9.3.13 what is no XML', 'GET / HTTP/1.1\r\n\r\n', 'not-well-formed'],
  [
    '§4.9.3.6 a host that is not served',
    `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='x' version='1.0'>`,
    'host-unknown',
  ],
  ['§4.9.3.14 an endless header', `<stream:stream a='${'x'.repeat(10_000)}`, 'policy-violation'],
]
for (const [name, said, expected] of openings) {
  test(`RFC 6120 ${name} gets a header and ${expected}`, async () => {
    await using house = await startHouse()
    const client = await RawClient.tcp(house.port)
    const text = await client.send(said).end()
    assert.match(text, /^<\?xml version='1.0'\?><stream:stream [^>]*from='localhost'/)
    assert.equal(condition(text), expected)
    assert.ok(text.endsWith('</stream:stream>'))
  })
}
