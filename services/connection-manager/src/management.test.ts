import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stanza } from '@jabiru/stanza'
import type { LaneEnvelope } from '@jabiru/wire'
import { RawClient } from './testing/client.ts'
import { message, SM, seat, seatManaged } from './testing/guest.ts'
import { startHouse } from './testing/house.ts'

test('XEP-0198 §3 the wish of the client goes to the owner, and its answer to the client', async () => {
  await using house = await startHouse()
  const { client, at, account } = await seat(house)
  client.send(`<enable ${SM} resume='true' max='60'/>`)
  const asked = await house.owner.next('sm-enable')
  assert.deepEqual([asked.resume, asked.max], [true, 60])
  house.owner.say(at, account, { k: 'sm-enabled', conn: at.conn, id: 'sm1', max: 60, inBase: 0, outBase: 0 })
  assert.equal(await client.until(/<enabled[^>]*>/), `<enabled xmlns='urn:xmpp:sm:3' id='sm1' resume='true' max='60'/>`)
})

test('XEP-0198 §4 h counts what the owner has committed since <enable/>', async () => {
  await using house = await startHouse()
  const { client, at, account } = await seat(house)
  client.send(`<presence/><presence/><enable ${SM}/>`)
  await house.owner.next('sm-enable')
  house.owner.say(at, account, { k: 'sm-enabled', conn: at.conn, inBase: 2, outBase: 0 })
  await client.until(/<enabled[^>]*>/)
  client.send(`<presence/><message to='@'/><presence/><r ${SM}/>`)
  assert.equal(await client.until(/<a [^>]*>/), `<a xmlns='urn:xmpp:sm:3' h='3'/>`)
})

test('XEP-0198 §4 an answer waits for what came before, and after a second tells what is', async () => {
  await using house = await startHouse()
  const { client, deliver } = await seatManaged(house)
  client.send('<presence/>')
  await house.owner.next('out')
  client.send(`<r ${SM}/>`)
  await client.until(`<a xmlns='urn:xmpp:sm:3' h='1'/>`)

  const gate = Promise.withResolvers<void>()
  house.owner.gate = () => gate.promise
  client.send(`<presence/><r ${SM}/>`)
  await house.owner.next('out')
  house.clock.advance(999)
  deliver(1, message('fence'))
  assert.match(await client.until('</message>'), /^<message/)
  house.clock.advance(1)
  await client.until(`<a xmlns='urn:xmpp:sm:3' h='1'/>`)
  // What was told too early is told again when it is true.
  gate.resolve()
  await client.until(`<a xmlns='urn:xmpp:sm:3' h='2'/>`)
})

test('XEP-0198 §4 h never counts past a stanza that is still waiting', async () => {
  await using house = await startHouse()
  const { client, deliver } = await seatManaged(house)
  const gate = Promise.withResolvers<void>()
  house.owner.gate = () => gate.promise
  client.send('<presence/>')
  await house.owner.next('out')
  house.owner.gate = undefined
  client.send(`<presence/><presence/><r ${SM}/>`)
  await house.owner.next('out')
  await house.owner.next('out')
  deliver(1, message('fence'))
  await client.until('</message>')
  house.clock.advance(1000)
  await client.until(`<a xmlns='urn:xmpp:sm:3' h='0'/>`)
  gate.resolve()
  await client.until(`<a xmlns='urn:xmpp:sm:3' h='3'/>`)
})

test('XEP-0198 §4 what is committed early is not counted before what came before it', async () => {
  await using house = await startHouse()
  const { client } = await seatManaged(house)
  const gate = Promise.withResolvers<void>()
  house.owner.gate = ({ n }) => (n === 1 ? gate.promise : undefined)
  client.send(`<presence/><presence/><presence/><r ${SM}/>`)
  for (const n of [1, 2, 3]) assert.equal((await house.owner.next('out')).n, n)
  house.clock.advance(1000)
  await client.until(`<a xmlns='urn:xmpp:sm:3' h='0'/>`)
  gate.resolve()
  await client.until(`<a xmlns='urn:xmpp:sm:3' h='3'/>`)
})

test('XEP-0198 §4 an owner hears what a client has before it hears that the client has gone', async () => {
  await using house = await startHouse()
  const { client, deliver } = await seatManaged(house)
  deliver(1, message('m1'))
  await client.until(`id='m1'`)
  await client.send(`<a ${SM} h='1'/></stream:stream>`).end()
  await house.owner.next('gone')
  // It was heard before, or it would not be there yet.
  assert.deepEqual(
    house.owner.heard.map(({ k }) => k),
    ['confirm'],
  )
})

test('XEP-0198 §4 what the client acknowledges is confirmed to the owner, and no more', async () => {
  await using house = await startHouse()
  const { client, deliver } = await seatManaged(house, { inBase: 0, outBase: 5 })
  deliver(6, message('m6'), message('m7'), message('m8'))
  await client.until(`id='m8'`)
  client.send(`<a ${SM} h='2'/>`)
  assert.equal((await house.owner.next('confirm')).h, 7)
  client.send(`<a ${SM} h='2'/><a ${SM} h='1'/><a ${SM} h='3'/>`)
  assert.equal((await house.owner.next('confirm')).h, 8)
})

test('XEP-0198 §6 an acknowledgement of more than was sent ends the stream', async () => {
  await using house = await startHouse()
  const { client, deliver } = await seatManaged(house)
  deliver(1, message('m1'))
  await client.until(`id='m1'`)
  const text = await client.send(`<a ${SM} h='10'/>`).end()
  assert.match(text, /<undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'\/>/)
  assert.match(text, /<handled-count-too-high xmlns='urn:xmpp:sm:3' h='10' send-count='1'\/>/)
  assert.equal((await house.owner.next('gone')).closed, true)
})

test('XEP-0198 §4 the counters go on past 2^32', async () => {
  await using house = await startHouse()
  const top = 2 ** 32 - 2
  const { client, at, account, session } = await seat(house)
  client.send(`<enable ${SM}/>`)
  await house.owner.next('sm-enable')
  client.destroy()
  await house.owner.next('gone')

  const again = await (await RawClient.tls(house.tlsPort)).login()
  again.send(`<resume ${SM} previd='sm1' h='${top}'/>`)
  const { at: now } = await house.owner.next('sm-resume')
  assert.notEqual(now.conn, at.conn)
  const numbers = { handled: top, confirmed: top, inBase: 0, outBase: 0 }
  house.owner.say(now, account, { k: 'sm-resumed', conn: now.conn, session, previd: 'sm1', ...numbers })
  assert.equal(await again.until(/<resumed[^>]*>/), `<resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='${top}'/>`)

  again.send('<presence/><presence/><presence/>')
  assert.deepEqual((await house.owner.next('out')).n, top + 1)
  again.send(`<r ${SM}/>`)
  await again.until(`<a xmlns='urn:xmpp:sm:3' h='1'/>`)

  const to = [{ conn: now.conn, n: top + 1 }]
  for (const i of [0, 1, 2])
    house.owner.say(now, account, { k: 'deliver', to: to.map((d) => ({ ...d, n: d.n + i })), stanza: message(`w${i}`) })
  await again.until(`id='w2'`)
  again.send(`<a ${SM} h='0'/>`)
  assert.equal((await house.owner.next('confirm')).h, top + 2)
  again.send(`<a ${SM} h='1'/>`)
  assert.equal((await house.owner.next('confirm')).h, top + 3)
})

test('XEP-0198 §5 what the owner repeats is written once per connection', async () => {
  await using house = await startHouse()
  const { client, deliver } = await seatManaged(house)
  deliver(1, message('m1'), message('m2'))
  deliver(1, message('m1'), message('m2'), message('m3'))
  const text = await client.until(`id='m3'`)
  assert.equal(text.match(/<message /g)?.length, 3)
})

test('XEP-0198 §5 a failed resumption lets the client bind', async () => {
  await using house = await startHouse()
  const client = await (await RawClient.tls(house.tlsPort)).login()
  client.send(`<resume ${SM} previd='old' h='4'/>`)
  const { at, account, previd, h } = await house.owner.next('sm-resume')
  assert.deepEqual([previd, h], ['old', 4])
  house.owner.say(at, account, { k: 'sm-failed', conn: at.conn, condition: 'item-not-found', h: 2 })
  await client.until(`<failed xmlns='urn:xmpp:sm:3' h='2'><item-not-found`)
  assert.match(await client.bind(), /<jid>/)
})

test('an acknowledgement is asked for after ten stanzas, and else after a second', async () => {
  await using house = await startHouse()
  const { client, deliver } = await seatManaged(house)
  deliver(1, ...Array.from({ length: 10 }, (_, i) => message(`m${i}`)))
  const ten = await client.until(`<r xmlns='urn:xmpp:sm:3'/>`)
  assert.equal(ten.match(/<message /g)?.length, 10)
  client.send(`<a ${SM} h='10'/>`)
  await house.owner.next('confirm')

  deliver(11, message('m11'))
  await client.until('</message>')
  house.clock.advance(999)
  deliver(12, message('fence'))
  assert.match(await client.until('</message>'), /^<message/)
  house.clock.advance(1)
  await client.until(`<r xmlns='urn:xmpp:sm:3'/>`)
  client.send(`<a ${SM} h='12'/>`)
  await house.owner.next('confirm')
  // Nothing is unconfirmed: nothing is asked. The next word of the server is another one.
  house.clock.advance(10_000)
  deliver(13, message('m13'))
  assert.match(await client.until('</message>'), /^<message/)
})

test('without stream management the owner hears what the system has taken', async () => {
  await using house = await startHouse()
  const { client, deliver } = await seat(house)
  deliver(1, message('m1'), message('m2'))
  await client.until(`id='m2'`)
  let h = 0
  while (h < 2) h = (await house.owner.next('confirm')).h
  assert.equal(h, 2)
})

test('XEP-0198 §8 a closed stream is over, a lost one may be resumed', async () => {
  await using house = await startHouse()
  const lost = await seatManaged(house)
  lost.client.destroy()
  assert.equal((await house.owner.next('gone')).closed, false)
  const closed = await seatManaged(house)
  await closed.client.send('</stream:stream>').end()
  assert.equal((await house.owner.next('gone')).closed, true)
})

test('a session that is bound when its client has gone is given back to its owner', async () => {
  await using house = await startHouse()
  house.owner.autoBind = false
  const client = await (await RawClient.tls(house.tlsPort)).login()
  client.send(`<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`)
  const { at, account } = await house.owner.next('bind')
  client.destroy()
  await house.empty()
  const session = house.owner.nextSession(account, 'late')
  house.owner.say(at, account, { k: 'bound', conn: at.conn, session })
  const gone = await house.owner.next('gone')
  assert.deepEqual([gone.session, gone.closed], [session, true])
})

test('what an owner says after another has taken its place is dropped', async () => {
  await using house = await startHouse()
  const { client, at, account, deliver } = await seatManaged(house)
  const part = house.owner.endpoint.partitionOf(account)
  const say = (token: number, n: number) =>
    house.owner.endpoint.sendDown(at.cm, {
      part,
      token,
      k: 'deliver',
      to: [{ conn: at.conn, n }],
      stanza: message(`t${token}`),
    })
  await say(9, 1)
  await say(8, 2)
  await say(9, 2)
  deliver(3, message('t7'))
  await say(9, 3)
  assert.doesNotMatch(await client.until(/(t9[^]*){3}<\/message>/), /t8|t7/)
})

test('what an owner says after its sessions were introduced to the next is dropped', async () => {
  await using house = await startHouse()
  const { client, at, account, deliver } = await seatManaged(house)
  const { endpoint } = house.owner
  const part = endpoint.partitionOf(account)
  const introduced = Promise.withResolvers<LaneEnvelope>()
  endpoint.serve('session', part, 9, (envelope) => {
    if (envelope.k === 'here') introduced.resolve(envelope)
  })
  endpoint.announce('session', () => [[part, 9]])
  const here = await introduced.promise
  assert.equal(here.k === 'here' && here.sent, 0)
  deliver(1, message('old'))
  const say = (n: number, stanza: Stanza) =>
    endpoint.sendDown(at.cm, { part, token: 9, k: 'deliver', to: [{ conn: at.conn, n }], stanza })
  await say(1, message('new1'))
  await say(2, message('new2'))
  const text = await client.until(`id='new2'`)
  assert.deepEqual([text.includes('old'), text.includes('new1')], [false, true])
})
