import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJid } from '@jabiru/jid'
import { children, el, parseElement, serializeNodes, type TopElement } from '@jabiru/xml'
import { NS } from './namespaces.ts'
import { Refusal, StreamFault } from './refusal.ts'
import { errorOf, errorReply, refusalOfTop, resultReply } from './reply.ts'
import { renderStanza, type Stanza, type StanzaName, stanza } from './stanza.ts'
import { renderStreamError } from './stream-error.ts'

const juliet = parseJid('juliet@im.example.com/balcony')
const room = parseJid('characters@muc.example.com/JulieC')
const ping = el('ping', 'urn:xmpp:ping')

function text(s: Stanza | undefined): string | undefined {
  return s === undefined ? undefined : renderStanza(s)
}

void test('RFC 6120 §8.3.3.4 the example: addresses swapped, id kept, content not echoed', () => {
  const presence = stanza(
    { name: 'presence', from: juliet, id: 'y2bs71v4', to: room },
    el('x', 'http://jabber.org/protocol/muc'),
  )
  assert.equal(
    text(errorReply(presence, new Refusal('forbidden'))),
    "<presence from='characters@muc.example.com/JulieC' to='juliet@im.example.com/balcony' id='y2bs71v4' type='error'>" +
      "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
  )
})

void test('RFC 6120 §8.3.2 text, application condition, by and another type are written where given', () => {
  const iq = stanza({ name: 'iq', id: '1', type: 'get' }, ping)
  const app = el('unsupported', 'http://jabber.org/protocol/pubsub#errors', { feature: 'x' })
  const refusal = new Refusal('feature-not-implemented', { text: 'not here', app, type: 'modify' })
  assert.equal(
    text(errorReply(iq, refusal, parseJid('im.example.com'))),
    "<iq id='1' type='error'><error type='modify' by='im.example.com'>" +
      "<feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>" +
      "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>not here</text>" +
      "<unsupported xmlns='http://jabber.org/protocol/pubsub#errors' feature='x'/></error></iq>",
  )
})

void test('RFC 6120 §8.3.3.5 gone carries the new address', () => {
  const message = stanza({ name: 'message' })
  assert.equal(
    text(errorReply(message, new Refusal('gone', { uri: 'xmpp:romeo@afterlife.example.net' }))),
    "<message type='error'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>" +
      'xmpp:romeo@afterlife.example.net</gone></error></message>',
  )
})

void test('RFC 6120 §8.3.3.14 redirect carries the other address', () => {
  assert.equal(
    text(
      errorReply(
        stanza({ name: 'message' }),
        new Refusal('redirect', { uri: 'xmpp:characters@conference.example.org' }),
      ),
    ),
    "<message type='error'><error type='modify'><redirect xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>" +
      'xmpp:characters@conference.example.org</redirect></error></message>',
  )
})

const ANSWERED: readonly (readonly [StanzaName, string | undefined, boolean])[] = [
  ['message', undefined, true],
  ['message', 'chat', true],
  ['message', 'error', false],
  ['message', 'result', true],
  ['presence', undefined, true],
  ['presence', 'unavailable', true],
  ['presence', 'error', false],
  ['iq', 'get', true],
  ['iq', 'set', true],
  ['iq', 'result', false],
  ['iq', 'error', false],
]
for (const [name, type, answered] of ANSWERED) {
  void test(`RFC 6120 §8.3.1 rule 8: ${name} of type ${type ?? '(none)'} is ${answered ? '' : 'never '}answered`, () => {
    const reply = errorReply(stanza({ name, type, id: '1' }), new Refusal('bad-request'))
    assert.equal(reply?.type, answered ? 'error' : undefined)
    assert.equal(reply?.id, answered ? '1' : undefined)
  })
}

function top(xml: string): TopElement {
  const e = parseElement(xml, NS.client)
  const payloads = children(e).map((c) => ({ name: c.name, ns: c.ns }))
  return { name: e.name, ns: e.ns, attrs: e.attrs, inner: serializeNodes(e.children, e.ns), payloads, element: () => e }
}

void test('RFC 6120 §8.3.1 rule 2: a malformed address is not repeated in the answer', () => {
  const reply = refusalOfTop(top("<presence id='a' to='a@b@c'/>"), new Refusal('jid-malformed'), juliet)
  assert.equal(
    text(reply),
    "<presence to='juliet@im.example.com/balcony' id='a' type='error'>" +
      "<error type='modify'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
  )
})

void test('RFC 6120 §8.2.3 rule 3: the answer to an iq without an id has an empty one', () => {
  const reply = refusalOfTop(top("<iq type='get' to='im.example.com'/>"), new Refusal('bad-request'))
  assert.equal(reply?.id, '')
  assert.equal(reply?.from, 'im.example.com')
})

void test('RFC 6120 §8.3.1 rule 8: a result of the wrong shape is not answered', () => {
  assert.equal(refusalOfTop(top("<iq type='result'/>"), new Refusal('bad-request')), undefined)
  assert.equal(refusalOfTop(top("<message type='error' to=''/>"), new Refusal('jid-malformed')), undefined)
  assert.equal(refusalOfTop(top('<pubsub/>'), new Refusal('bad-request')), undefined)
})

void test('RFC 6120 §8.2.3 a result swaps the addresses and keeps the id', () => {
  const iq = stanza({ name: 'iq', id: '7', type: 'get', from: juliet, to: room }, ping)
  assert.equal(
    text(resultReply(iq)),
    "<iq from='characters@muc.example.com/JulieC' to='juliet@im.example.com/balcony' id='7' type='result'/>",
  )
})

void test('what an error says is read back as it was written', () => {
  const iq = stanza({ name: 'iq', id: '7', type: 'get', from: juliet, to: room }, ping)
  const refusal = new Refusal('policy-violation', { text: 'too loud', type: 'wait' })
  const reply = errorReply(iq, refusal, room)
  assert.ok(reply)
  assert.deepEqual(errorOf(reply), { condition: 'policy-violation', type: 'wait', text: 'too loud', by: room })
  assert.equal(errorOf(iq), undefined)
})

void test('RFC 6120 §8.3.2 a condition that is not understood is undefined-condition', () => {
  const error = el('error', NS.client, { type: 'never' }, el('bored', NS.stanzas))
  const s = stanza({ name: 'message', type: 'error' }, error)
  assert.deepEqual(errorOf(s), { condition: 'undefined-condition', type: 'cancel', text: undefined, by: undefined })
  assert.equal(errorOf(stanza({ name: 'message', type: 'error' })), undefined)
})

void test('RFC 6120 §4.9.2 a stream error', () => {
  assert.equal(
    renderStreamError(new StreamFault('not-well-formed', { text: 'a < too many' })),
    "<stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" +
      "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>a &lt; too many</text></stream:error>",
  )
})

void test('RFC 6120 §4.9.3.19 see-other-host carries the host; RFC 7395 §3.3.3 a frame declares its prefix', () => {
  assert.equal(
    renderStreamError(new StreamFault('see-other-host', { host: '[2001:db8::1]:5222' }), true),
    "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>" +
      "<see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>[2001:db8::1]:5222</see-other-host></stream:error>",
  )
})
