// Slow: floods.
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { PortInUse } from '@jabiru/runtime'
import { NS, stanza } from '@jabiru/stanza'
import { el } from '@jabiru/xml'
import { RawClient } from './testing/client.ts'
import { message, SM, seat, seatManaged } from './testing/guest.ts'
import { startHouse } from './testing/house.ts'

const TIMEOUT = /<connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'\/>/

test('RFC 6120 §13.12 nothing a client sends before login moves its deadline', async () => {
  await using house = await startHouse()
  const silent = await RawClient.tcp(house.port)
  const slow = await RawClient.tcp(house.port)
  const handshaking = await RawClient.tcp(house.tlsPort)
  const secured = await RawClient.tls(house.tlsPort)
  await slow.open().until('</stream:features>')
  await secured.open().until('</stream:features>')
  while (house.cm.connections() < 4) await new Promise<void>((resolve) => void setImmediate(resolve))
  house.clock.advance(29_999)
  slow.send(' ')
  handshaking.send(Buffer.from([22, 3, 1]))
  await secured.plain('alice', 'wrong').until('</failure>')
  house.clock.advance(1)
  assert.match(await silent.end(), TIMEOUT)
  assert.match(await slow.end(), TIMEOUT)
  assert.match(await secured.end(), TIMEOUT)
  assert.equal(await handshaking.end(), '')
  await house.empty()
})

test('who has logged in has no deadline', async () => {
  await using house = await startHouse()
  const client = await (await RawClient.tls(house.tlsPort)).login()
  house.clock.advance(30_000)
  assert.match(await client.bind(), /<jid>/)
})

test('RFC 6120 §4.6.1 a client that has been silent for long is asked, and dropped when it says nothing', async () => {
  await using house = await startHouse()
  const plain = await seat(house)
  const managed = await seatManaged(house)
  house.clock.advance(600_000)
  const ping = await plain.client.until('</iq>')
  assert.match(
    ping,
    /<iq from='localhost' to='alice@localhost\/balcony' id='ping-[^']+' type='get'><ping xmlns='urn:xmpp:ping'\/>/,
  )
  await managed.client.until(`<r xmlns='urn:xmpp:sm:3'/>`)
  managed.client.send(`<a ${SM} h='0'/><r ${SM}/>`)
  await managed.client.until('<a ')
  house.clock.advance(75_000)
  assert.match(await plain.client.end(), TIMEOUT)
  assert.equal((await house.owner.next('gone')).closed, false)
  managed.client.send(`<r ${SM}/>`)
  await managed.client.until('<a ')
})

test('XEP-0199 §4.1 the answer to a ping is a stanza like any other', async () => {
  await using house = await startHouse()
  const { client } = await seat(house)
  house.clock.advance(600_000)
  const [, id] = /id='(ping-[^']+)'/.exec(await client.until('</iq>')) ?? []
  client.send(`<iq type='result' id='${id}' to='localhost'/>`)
  assert.equal((await house.owner.next('out')).stanza.id, id)
  house.clock.advance(500_000)
  client.send('<presence/>')
  assert.equal((await house.owner.next('out')).n, 2)
})

test('a client that never reads costs a bounded number of bytes', async () => {
  await using house = await startHouse({ limits: { outputBytes: 200_000 } })
  const { client, deliver } = await seatManaged(house)
  client.stopReading()
  let n = 0
  while (house.cm.connections() > 0) {
    deliver(++n, message(`m${n}`, 'x'.repeat(10_000)))
    await new Promise<void>((resolve) => void setImmediate(resolve))
  }
  assert.equal((await house.owner.next('gone')).closed, false)
  assert.ok(n <= 25, `${n} stanzas of 10,000 bytes`)
  client.destroy()
})

test('a client that reads but never acknowledges is parked too', async () => {
  await using house = await startHouse({ limits: { outputBytes: 200_000 } })
  const { client, deliver } = await seatManaged(house)
  deliver(1, ...Array.from({ length: 21 }, (_, i) => message(`m${i}`, 'x'.repeat(10_000))))
  await client.end()
  assert.equal((await house.owner.next('gone')).closed, false)
})

test('a flood stops at the owner: what is not committed is not read', async () => {
  await using house = await startHouse({ limits: { inputBytes: 20_000 } })
  const { client } = await seat(house)
  const gate = Promise.withResolvers<void>()
  house.owner.gate = () => gate.promise
  const stanza = `<message to='bob@localhost'><body>${'x'.repeat(5000)}</body></message>`
  const flood = client.flood(stanza, 4000)
  // The socket takes what the systems between buffer, and no more.
  await client.stalled()
  const taken = house.owner.heard.length
  assert.ok(taken < 100, `${taken} stanzas taken`)
  gate.resolve()
  await flood
  for (let i = 1; i <= 4000; i++) assert.equal((await house.owner.next('out')).n, i)
})

for (const [title, limits] of [
  ['a full lane stops the clients of its partition', { laneBytes: 20_000 }],
  ['a full backlog stops all clients, whatever their partitions', { backlogBytes: 20_000, laneBytes: 1_000_000 }],
] as const) {
  test(`${title}, and opens again`, async () => {
    await using house = await startHouse({ limits: { ...limits, inputBytes: 1_000_000 } })
    const { client } = await seat(house)
    const gate = Promise.withResolvers<void>()
    house.owner.gate = () => gate.promise
    const flood = client.flood(`<message><body>${'x'.repeat(5000)}</body></message>`, 4000)
    await client.stalled()
    assert.ok(house.owner.heard.length < 100)
    gate.resolve()
    await flood
    for (let i = 1; i <= 4000; i++) assert.equal((await house.owner.next('out')).n, i)
  })
}

test('RFC 6120 §4.9.3.17 one connection too many is told of it and dropped, and without a word where that were dear', async () => {
  await using house = await startHouse({ limits: { connections: 1 } })
  const first = await RawClient.tcp(house.port)
  await first.open().until('</stream:features>')
  const told = await (await RawClient.tcp(house.port)).end()
  assert.match(
    told,
    /<stream:stream .*<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-streams'\/>.*<\/stream:stream>$/,
  )
  await assert.rejects(RawClient.tls(house.tlsPort))
  assert.equal(await (await RawClient.tcp(house.cm.addresses().http ?? 0)).end(), '')
})

test('connections are limited by address', async () => {
  await using house = await startHouse({ limits: { connectionsPerAddress: 2 } })
  const first = await RawClient.tcp(house.port)
  const second = await RawClient.tcp(house.port)
  await first.open().until('</stream:features>')
  await second.open().until('</stream:features>')
  const third = await RawClient.tcp(house.port)
  assert.match(await third.end(), /<policy-violation /)
  first.destroy()
  while (house.cm.connections() > 1) await new Promise<void>((resolve) => void setImmediate(resolve))
  const fourth = await RawClient.tcp(house.port)
  await fourth.open().until('</stream:features>')
})

test('IPv6 is listened on where it is asked for', async () => {
  await using house = await startHouse({ listen: '::1' })
  const client = await RawClient.tcp(house.port, '::1')
  await client.open().until('</stream:features>')
})

test('a port that is taken is told when it should be ready', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  assert.ok(address !== null && typeof address === 'object')
  await assert.rejects(
    startHouse({ port: address.port }),
    (err) => err instanceof PortInUse && /JABIRU_C2S_PORT/.test(err.message),
  )
  await new Promise((resolve) => taken.close(resolve))
})

test('RFC 6120 §4.9.3.3 the owner ends a connection by a stream error', async () => {
  await using house = await startHouse()
  const { client, at, account } = await seat(house)
  house.owner.say(at, account, { k: 'close', conn: at.conn, condition: 'conflict', text: 'replaced' })
  assert.match(await client.end(), /<conflict .*replaced.*<\/stream:stream>$/)
})

test('RFC 6120 §4.9.3.21 a condition that is not defined comes with one of an application, also by word of the owner', async () => {
  await using house = await startHouse()
  const ended = async (user: string, said: { condition: string; tooHigh?: { h: number; sent: number } }) => {
    const { client, at, account } = await seat(house, user)
    house.owner.say(at, account, { k: 'close', conn: at.conn, ...said })
    return client.end()
  }
  assert.match(
    await ended('alice', { condition: 'undefined-condition', tooHigh: { h: 3, sent: 2 } }),
    /<undefined-condition .*<handled-count-too-high xmlns='urn:xmpp:sm:3' h='3' send-count='2'\/>/,
  )
  assert.match(await ended('bob', { condition: 'of-tomorrow' }), /<internal-server-error /)
})

test('RFC 6120 §4.4 a peer that never closes is dropped after a while', async () => {
  await using house = await startHouse()
  const client = await RawClient.tcp(house.port, '127.0.0.1', { allowHalfOpen: true })
  await client.open().until('</stream:features>')
  await client.send('<message/>').until('</stream:stream>')
  assert.equal(house.cm.connections(), 1)
  house.clock.advance(5000)
  await house.empty()
  client.destroy()
})

test('one text serves all who get the same', async () => {
  await using house = await startHouse()
  const alice = await seat(house, 'alice')
  const bob = await seat(house, 'bob')
  const said = stanza({ name: 'message', from: alice.session.jid }, el('body', NS.client, {}, 'all'))
  const to = [alice, bob].map(({ at }) => ({ conn: at.conn, n: 1 }))
  house.owner.say(alice.at, alice.account, { k: 'deliver', to, stanza: said })
  const heard = await Promise.all([alice, bob].map(({ client }) => client.until('</message>')))
  assert.deepEqual(
    heard,
    Array.from({ length: 2 }, () => `<message from='alice@localhost/balcony'><body>all</body></message>`),
  )
})

test('RFC 6120 §4.4 wherever in a login a client goes away, nothing is left of it', async () => {
  await using house = await startHouse()
  const open = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>`
  const auth = `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>`
  const bind = `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`
  const login = open + auth + open + bind
  const timers = house.clock.pending()
  for (let length = 0; length <= login.length; length++) {
    const plain = await RawClient.tcp(house.port)
    plain.send(login.slice(0, length)).destroy()
    const secured = await RawClient.tls(house.tlsPort)
    secured.send(login.slice(0, length)).finish()
  }
  await house.empty()
  assert.equal(house.clock.pending(), timers)
})

test('RFC 6120 §13.12 of one client only so much is read in a second, of others as ever, and all of it in the end', async () => {
  await using house = await startHouse({ limits: { bytesPerSecond: 100_000 } })
  const { client, account } = await seat(house)
  const bystander = await seat(house, 'bob')
  const read = { ours: 0, others: 0 }
  house.owner.gate = (out) => {
    read[out.account === account ? 'ours' : 'others']++
    return undefined
  }
  const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))
  const flood = client.flood(`<message><body>${'x'.repeat(5000)}</body></message>`, 4000)
  await client.stalled()
  assert.ok(read.ours < 100, `${read.ours} stanzas taken`)
  bystander.client.send('<presence/>')
  while (read.others === 0) await turn()
  while (read.ours < 4000) {
    house.clock.advance(1000)
    await turn()
  }
  await flood
})
