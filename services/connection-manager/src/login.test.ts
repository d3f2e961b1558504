import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { NS, stanza } from '@jabiru/stanza'
import { el } from '@jabiru/xml'
import { RawClient } from './testing/client.ts'
import { message, seat } from './testing/guest.ts'
import { startHouse } from './testing/house.ts'

test('RFC 6120 §9.1 a client secures its stream, authenticates, binds, speaks and is spoken to', async () => {
  await using house = await startHouse()
  const client = await RawClient.tcp(house.port)
  const before = await client.open().until('</stream:features>')
  assert.match(before, /<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required\/><\/starttls>/)
  assert.doesNotMatch(before, /mechanism/)
  await client.startTls()
  const secured = await client.open().until('</stream:features>')
  assert.match(secured, /<mechanism>SCRAM-SHA-512-PLUS<\/mechanism>/)
  assert.match(secured, /<channel-binding type='tls-exporter'\/>/)
  assert.doesNotMatch(secured, /tls-unique/)
  await client.plain('alice', 'secret').until(/<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'\/>/)
  const last = await client.open().until('</stream:features>')
  // RFC 6120 §4.3.3: no stream is closed that is replaced.
  for (const text of [before, secured, last]) assert.doesNotMatch(text, /<\/stream:stream>/)
  for (const feature of ['<bind', '<session', '<sm', '<ver', '<sub']) assert.ok(last.includes(feature), feature)

  const bound = await client.bind()
  assert.match(bound, /<jid>alice@localhost\/balcony<\/jid>/)
  const { at } = await house.owner.next('bind')

  client.send(`<message to='bob@localhost' id='m1' type='chat'><body>Wherefore?</body></message>`)
  const out = await house.owner.next('out')
  assert.equal(out.n, 1)
  assert.equal(out.stanza.from, 'alice@localhost/balcony')
  assert.equal(out.stanza.inner, '<body>Wherefore?</body>')

  const answer = stanza(
    { name: 'message', from: out.stanza.from, to: out.stanza.from, id: 'm2' },
    el('body', NS.client, {}, 'Here'),
  )
  house.owner.say(at, out.account, { k: 'deliver', to: [{ conn: at.conn, n: 1 }], stanza: answer })
  assert.match(await client.until('</message>'), /id='m2'><body>Here<\/body>/)
  assert.equal((await house.owner.next('confirm')).h, 1)

  client.send('</stream:stream>')
  assert.equal(await client.end(), '</stream:stream>')
  assert.equal((await house.owner.next('gone')).closed, true)
})

test('RFC 6120 §8 however a login is cut into pieces, what comes of it is the same', async () => {
  await using house = await startHouse()
  const open = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>`
  const script = Buffer.from(
    `${open}<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>` +
      `${open}<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>` +
      `<presence/> <enable xmlns='urn:xmpp:sm:3'/>\n<message to='bob@localhost'><body>für &gt; dich</body></message>` +
      `<iq type='get' id='q' to='localhost'><query xmlns='urn:x' a='/>'/></iq></stream:stream>`,
  )
  for (let round = 0; round < 40; round++) {
    const client = await RawClient.tls(house.tlsPort)
    const cuts = Array.from({ length: round }, () => randomInt(script.length)).toSorted((a, b) => a - b)
    let from = 0
    for (const cut of [...cuts, script.length]) {
      client.send(script.subarray(from, cut))
      from = cut
      await new Promise<void>((resolve) => void setImmediate(resolve))
    }
    const told = `cut at ${cuts.join(', ')}`
    assert.match(await client.end(), /<\/stream:stream>$/, told)
    await house.owner.next('bind')
    const outs = [await house.owner.next('out'), await house.owner.next('out'), await house.owner.next('out')]
    assert.deepEqual(
      outs.map(({ n, stanza }) => [n, stanza.inner]),
      [
        [1, ''],
        [2, '<body>für &gt; dich</body>'],
        [3, `<query xmlns='urn:x' a='/>'/>`],
      ],
      told,
    )
    await house.owner.next('sm-enable')
    assert.equal((await house.owner.next('gone')).closed, true, told)
  }
})

test('RFC 6120 §13.10.1 where a client connects from is told to who checks its password, and to nobody else', async () => {
  await using house = await startHouse()
  const client = await (await RawClient.tls(house.tlsPort)).login()
  await client.bind()
  client.send(`<message to='bob@localhost'><body>x</body></message>`)
  const heard = [await house.owner.next('bind'), await house.owner.next('out')]
  assert.doesNotMatch(JSON.stringify(heard), /127\.0\.0\.1/)
  assert.deepEqual(
    house.logins.map(({ address }) => address),
    ['127.0.0.1'],
  )
  client.destroy()
})

test('RFC 6120 §6.3.5 no white space is sent between <auth/> and <success/>', async () => {
  await using house = await startHouse()
  const client = await RawClient.tls(house.tlsPort)
  await client.open().until('</stream:features>')
  client.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>biws</auth>`)
  const challenge = `<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>Y2hhbGxlbmdl</challenge>`
  assert.equal(await client.until('</challenge>'), challenge)
  client.send(`<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>AAAA</response>`)
  assert.equal(await client.until('</success>'), `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>dj0x</success>`)
  client.destroy()
})

test('RFC 6120 §7 a session goes on that is said to be bound once more, as a later owner says', async () => {
  await using house = await startHouse()
  const { client, at, account, session, deliver } = await seat(house)
  house.owner.say(at, account, { k: 'bound', conn: at.conn, session })
  deliver(1, message('m1'))
  await client.until(`id='m1'`)
  client.send('<presence/>')
  await house.owner.next('out')
  assert.deepEqual(
    house.owner.heard.filter(({ k }) => k === 'gone'),
    [],
  )
  client.destroy()
})
