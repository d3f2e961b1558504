import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BareJid, parseBareJid, parseFullJid, parseJid } from '@jabiru/jid'
import { NS, Refusal, renderStanza, type Stanza, stanza, stanzaFrom } from '@jabiru/stanza'
import { el, parseElement, serialize } from '@jabiru/xml'
import { carbonOf, parseCarbon } from './carbons.ts'
import { delaysOf, renderDelay, withDelay, withoutDelays } from './delay.ts'
import { forwardedXml, NS_FORWARD, parseForwarded } from './forwarded.ts'
import { hasHint, hintsOf, NS_HINTS, renderHint } from './hints.ts'
import { isPing } from './ping.ts'
import { originIdOf, renderOriginId, stanzaIdsOf, withoutStanzaIds, withStanzaId } from './stanza-id.ts'

const read = (xml: string): Stanza => stanzaFrom(parseElement(xml, NS.client))
const refused = (err: unknown) => err instanceof Refusal && err.condition === 'bad-request'
const isOurs = (jid: string) => jid === 'capulet.com'

void test('XEP-0203 §3 the example: a message sent while its recipient was offline', () => {
  const s = read(`<message from='romeo@montague.net/orchard' to='juliet@capulet.com' type='chat'>
    <body>O blessed, blessed night!</body>
    <delay xmlns='urn:xmpp:delay' from='capulet.com' stamp='2002-09-10T23:08:25Z'>
      Offline Storage
    </delay></message>`)
  const stamp = Date.UTC(2002, 8, 10, 23, 8, 25)
  assert.deepEqual(delaysOf(s), [{ stamp, from: 'capulet.com', reason: 'Offline Storage' }])
  assert.equal(
    serialize(renderDelay({ stamp, from: 'capulet.com', reason: 'Offline Storage' }), NS.client),
    "<delay xmlns='urn:xmpp:delay' from='capulet.com' stamp='2002-09-10T23:08:25Z'>Offline Storage</delay>",
  )
})

void test('XEP-0203 §5 a delay that claims to be ours is removed, however it is spelled; others stay', () => {
  const claimed = el('delay', 'urn:xmpp:delay', { from: 'Capulet.COM', stamp: '2002-09-10T23:08:25Z' })
  const theirs = el('delay', 'urn:xmpp:delay', { from: 'room@muc.example', stamp: '2002-09-10T23:08:25Z' })
  const nobodys = el('delay', 'urn:xmpp:delay', { stamp: '2002-09-10T23:08:25Z' })
  const s = stanza({ name: 'message' }, claimed, el('body', NS.client, {}, 'a'), theirs, nobodys)
  assert.deepEqual(
    delaysOf(withoutDelays(s, isOurs)).map((d) => d.from),
    ['room@muc.example', undefined],
  )
})

void test('a delay is stated at the end, and nothing is parsed for it', () => {
  const s: Stanza = { name: 'message', payloads: ['{jabber:client}body'], inner: '<unparsed' }
  const stamped = withDelay(s, { stamp: 0 })
  assert.equal(stamped.inner, "<unparsed<delay xmlns='urn:xmpp:delay' stamp='1970-01-01T00:00:00Z'/>")
  assert.deepEqual(stamped.payloads, ['{jabber:client}body', '{urn:xmpp:delay}delay'])
  assert.equal(withoutDelays(s, isOurs), s)
})

const forwarded = `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>\
<message xmlns='jabber:client' from='juliet@capulet.lit/orchard' to='romeo@montague.lit' id='0202197' type='chat'>\
<body>Yet I should kill thee with much cherishing.</body>\
<mood xmlns='http://jabber.org/protocol/mood'><amorous/></mood></message></forwarded>`

void test('XEP-0297 §3.1 the example is read, and written as it is printed', () => {
  const { stanza: original, delay } = parseForwarded(parseElement(forwarded, NS_FORWARD))
  assert.equal(original.from, 'juliet@capulet.lit/orchard')
  assert.deepEqual(original.payloads, ['{jabber:client}body', '{http://jabber.org/protocol/mood}mood'])
  assert.equal(delay?.stamp, Date.UTC(2010, 6, 10, 23, 8, 25))
  assert.equal(forwardedXml(original, delay), forwarded)
})

void test('XEP-0297 §3.2 what forwards no stanza, two, or a broken one is refused', () => {
  const wrap = (inner: string) => parseElement(`<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded>`, NS_FORWARD)
  assert.throws(() => parseForwarded(wrap('')), refused)
  const one = "<message xmlns='jabber:client'/>"
  assert.throws(() => parseForwarded(wrap(one + one)), refused)
  assert.throws(() => parseForwarded(wrap("<message xmlns='jabber:client' from='a@b@c'/>")), refused)
})

const romeo: BareJid = parseBareJid('romeo@montague.example')

void test('XEP-0280 §7 the example: what another resource receives', () => {
  const original = read(`<message from='juliet@capulet.example/balcony' to='romeo@montague.example/garden' type='chat'>\
<body>What man art thou?</body><thread>0e3141cd80894871a68e6fe6b1ec56fa</thread></message>`)
  const carbon = carbonOf('received', original, romeo, parseFullJid('romeo@montague.example/home'))
  assert.equal(
    renderStanza(carbon, NS.client),
    "<message xmlns='jabber:client' from='romeo@montague.example' to='romeo@montague.example/home' type='chat'>" +
      "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>" +
      "<message xmlns='jabber:client' from='juliet@capulet.example/balcony' to='romeo@montague.example/garden' type='chat'>" +
      '<body>What man art thou?</body><thread>0e3141cd80894871a68e6fe6b1ec56fa</thread></message>' +
      '</forwarded></received></message>',
  )
  assert.deepEqual(parseCarbon(carbon), { direction: 'received', stanza: original, delay: undefined })
  assert.equal(parseCarbon(original), undefined)
})

void test('XEP-0334 §4 the example: hints are seen without parsing', () => {
  const s = read(`<message from='romeo@montague.lit/laptop' to='juliet@capulet.lit/laptop'>
    <body>V unir avtug'f pybnx gb uvqr zr sebz gurve fvtug</body>
    <no-copy xmlns="urn:xmpp:hints"/><no-store xmlns="urn:xmpp:hints"/></message>`)
  assert.deepEqual(hintsOf(s), ['no-store', 'no-copy'])
  assert.equal(hasHint(s, 'store'), false)
  assert.equal(serialize(renderHint('store')), `<store xmlns='${NS_HINTS}'/>`)
})

const room = parseJid('room@muc.example.com')

const ORIGIN_IDS: readonly (readonly [what: string, inner: string])[] = [
  ['as clients write it', "<body>a</body><origin-id xmlns='urn:xmpp:sid:0' id='x1'/>"],
  ['the attributes the other way round', '<origin-id id="x1" xmlns="urn:xmpp:sid:0" />'],
  ['with an end tag', "<origin-id xmlns='urn:xmpp:sid:0' id='x1'></origin-id>"],
  ['with a prefix', "<s:origin-id xmlns:s='urn:xmpp:sid:0' id='x1'/>"],
  ['with another attribute', "<origin-id xmlns='urn:xmpp:sid:0' not-id='x2' id='x1'/>"],
  [
    'behind one in a text',
    "<body><![CDATA[<origin-id xmlns='urn:xmpp:sid:0' id='x2'/>]]></body><origin-id xmlns='urn:xmpp:sid:0' id='x1'/>",
  ],
  [
    'behind one that is forwarded',
    "<f xmlns='f'><origin-id xmlns='urn:xmpp:sid:0' id='x2'/></f><origin-id xmlns='urn:xmpp:sid:0' id='x1'/>",
  ],
  ['behind one of another namespace', "<origin-id xmlns='f' id='x2'/><origin-id xmlns='urn:xmpp:sid:0' id='x1'/>"],
  ['written by reference', "<origin-id xmlns='urn:xmpp:sid:0' id='x&#x31;'/>"],
]
for (const [what, inner] of ORIGIN_IDS) {
  void test(`XEP-0359 §2.2 an origin-id ${what}`, () => {
    const { payloads } = read(`<message xmlns='jabber:client'>${inner}</message>`)
    assert.equal(originIdOf({ name: 'message', payloads, inner }), 'x1')
  })
}

void test('XEP-0359 §2.2 an origin-id in plain sight is read without parsing what is beside it', () => {
  const inner = "<unparsed<origin-id xmlns='urn:xmpp:sid:0' id='x1'/>"
  assert.equal(originIdOf({ name: 'message', payloads: ['{urn:xmpp:sid:0}origin-id'], inner }), 'x1')
})

void test('XEP-0359 §2 the example: a stanza-id and an origin-id', () => {
  const s = read(`<message to='room@muc.example.com' type='groupchat'><body>Typical body text</body>\
<stanza-id xmlns='urn:xmpp:sid:0' id='5f3dbc5e-e1d3-4077-a492-693f3769c7ad' by='room@muc.example.com'/>\
<origin-id xmlns='urn:xmpp:sid:0' id='de305d54-75b4-431b-adb2-eb6b9e546013'/></message>`)
  assert.deepEqual(stanzaIdsOf(s), [{ id: '5f3dbc5e-e1d3-4077-a492-693f3769c7ad', by: 'room@muc.example.com' }])
  assert.equal(originIdOf(s), 'de305d54-75b4-431b-adb2-eb6b9e546013')
  assert.equal(serialize(renderOriginId('a')), "<origin-id xmlns='urn:xmpp:sid:0' id='a'/>")
})

void test('XEP-0359 §3 whoever gives an id deletes those that claim to be given by the same, however spelled', () => {
  const claim = (by: string) => el('stanza-id', 'urn:xmpp:sid:0', { id: 'x', by })
  const s = stanza({ name: 'message' }, claim('ROOM@muc.Example.com'), claim('other@example.com'), claim('a@b@c'))
  assert.deepEqual(stanzaIdsOf(withStanzaId(s, 'mine', room)), [
    { id: 'x', by: 'other@example.com' },
    { id: 'x', by: 'a@b@c' },
    { id: 'mine', by: 'room@muc.example.com' },
  ])
})

void test('XEP-0359 §3 ids of others stay; an id that lacks its giver is nobody’s', () => {
  const s = stanza({ name: 'message' }, el('stanza-id', 'urn:xmpp:sid:0', { id: 'x' }))
  assert.equal(
    withoutStanzaIds(s, () => true),
    s,
  )
  assert.deepEqual(stanzaIdsOf(s), [])
  assert.equal(originIdOf(s), undefined)
})

void test('XEP-0199 §4 a ping is an iq get with a ping', () => {
  const ping = "<ping xmlns='urn:xmpp:ping'/>"
  assert.equal(
    isPing(read(`<iq from='juliet@capulet.lit/balcony' to='capulet.lit' id='c2s1' type='get'>${ping}</iq>`)),
    true,
  )
  assert.equal(isPing(read(`<iq id='c2s1' type='set'>${ping}</iq>`)), false)
  assert.equal(isPing(read(`<message type='get'>${ping}</message>`)), false)
  assert.equal(isPing(read("<iq id='c2s1' type='get'><query xmlns='jabber:iq:version'/></iq>")), false)
})
