import assert from 'node:assert/strict'
import { test } from 'node:test'
import { children, parseElement, serializeNodes, type TopElement } from '@jabiru/xml'
import { NS } from './namespaces.ts'
import { Refusal, StreamFault } from './refusal.ts'
import { fromTop } from './shape.ts'
import { renderStanza } from './stanza.ts'

function top(xml: string, ns: string = NS.client): TopElement {
  const e = parseElement(xml, ns)
  const payloads = children(e).map((c) => ({ name: c.name, ns: c.ns }))
  return { name: e.name, ns: e.ns, attrs: e.attrs, inner: serializeNodes(e.children, e.ns), payloads, element: () => e }
}

const refused = (condition: string) => (err: unknown) => err instanceof Refusal && err.condition === condition
const faulted = (condition: string) => (err: unknown) => err instanceof StreamFault && err.condition === condition

const ACCEPTED: readonly (readonly [string, string])[] = [
  ['RFC 6121 §5.2 a message', "<message from='a@b/c' to='d@e' id='1' type='chat'><body>hi</body></message>"],
  ['RFC 6121 §5.2.2 a message of an unknown type', "<message type='whisper'><body>hi</body></message>"],
  ['RFC 6121 §4.2 initial presence', '<presence/>'],
  ['RFC 6121 §4.7.1 a presence of type unavailable', "<presence type='unavailable'/>"],
  ['RFC 6121 §4.7.1 a presence of type probe', "<presence to='a@b' type='probe'/>"],
  ['RFC 6120 §8.2.3 a get with one child', "<iq id='1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"],
  ['RFC 6120 §8.2.3 a result with no child', "<iq id='1' type='result'/>"],
  ['RFC 6120 §8.2.3 a result with one child', "<iq id='1' type='result'><x xmlns='urn:example'/></iq>"],
  ['RFC 6120 §8.2.3 an empty id is an id', "<iq id='' type='result'/>"],
  [
    'RFC 6120 §8.3 an error may carry what it answers',
    "<iq id='1' type='error'><x xmlns='urn:example'/><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
  ],
  [
    'an error without <error/> passes: only who makes an error is bound by RFC 6120 §8.3.1',
    "<iq id='1' type='error'/>",
  ],
]
for (const [title, xml] of ACCEPTED) {
  void test(`${title} is accepted and comes out as it went in`, () => {
    assert.equal(renderStanza(fromTop(top(xml))), xml)
  })
}

const REFUSED: readonly (readonly [string, string, string])[] = [
  ['RFC 6120 §8.2.3 rule 1: an iq without id', "<iq type='get'><x xmlns='urn:example'/></iq>", 'bad-request'],
  ['RFC 6120 §8.2.3 rule 2: an iq without type', "<iq id='1'><x xmlns='urn:example'/></iq>", 'bad-request'],
  [
    'RFC 6120 §8.3.3.1 an iq of an unknown type',
    "<iq id='1' type='subscribe'><ping xmlns='urn:xmpp:ping'/></iq>",
    'bad-request',
  ],
  ['RFC 6120 §8.2.3 rule 5: a get with no child', "<iq id='1' type='get'/>", 'bad-request'],
  [
    'RFC 6120 §8.2.3 rule 5: a set with two children',
    "<iq id='1' type='set'><x xmlns='urn:example'/><y xmlns='urn:example'/></iq>",
    'bad-request',
  ],
  [
    'RFC 6120 §8.2.3 rule 6: a result with two children',
    "<iq id='1' type='result'><x xmlns='urn:example'/><y xmlns='urn:example'/></iq>",
    'bad-request',
  ],
  ['RFC 6121 §4.7.1 a presence of type available', "<presence type='available'/>", 'bad-request'],
  ['RFC 6121 §4.7.1 a presence of an unknown type', "<presence type='hidden'/>", 'bad-request'],
  ['RFC 6120 §8.3.3.8 a malformed to', "<presence to='ch@r@cters@muc.example.com/JulieC'/>", 'jid-malformed'],
  ['RFC 6120 §8.3.3.8 an empty to', "<message to=''/>", 'jid-malformed'],
]
for (const [title, xml, condition] of REFUSED) {
  void test(`${title} is refused with ${condition}`, () => {
    assert.throws(() => fromTop(top(xml)), refused(condition))
  })
}

void test('RFC 6120 §4.9.3.24 what is no stanza ends the stream', () => {
  assert.throws(() => fromTop(top('<pubsub/>')), faulted('unsupported-stanza-type'))
  assert.throws(() => fromTop(top("<message xmlns='urn:example'/>")), faulted('unsupported-stanza-type'))
})

void test('RFC 6120 §4.9.3.9 a malformed from ends the stream', () => {
  assert.throws(() => fromTop(top("<message from='a@b@c/'/>")), faulted('invalid-from'))
})

void test('RFC 6120 §8.1.2 addresses are read into their canonical form', () => {
  const s = fromTop(top("<message from='ROMEO@Example.NET/Orchard' to='Juliet@EXAMPLE.com'/>"))
  assert.deepEqual([s.from, s.to], ['romeo@example.net/Orchard', 'juliet@example.com'])
})

void test('RFC 6120 §8.1.5 a stanza without a language has that of its stream', () => {
  assert.equal(fromTop(top('<message/>'), 'en').lang, 'en')
  assert.equal(fromTop(top("<message xml:lang='cs'/>"), 'en').lang, 'cs')
  assert.equal(fromTop(top('<message/>')).lang, undefined)
})

void test('RFC 6120 §4.8.3 the content of a server stream becomes jabber:client', () => {
  const s = fromTop(top("<message><body>hi</body><x xmlns='urn:example'/></message>", NS.server))
  assert.deepEqual(s.payloads, ['{jabber:client}body', '{urn:example}x'])
  assert.equal(renderStanza(s), "<message><body>hi</body><x xmlns='urn:example'/></message>")
})

void test('RFC 6120 §4.8.3 a server stream that spells its namespace out within a payload is followed there', () => {
  const xml =
    "<message><x xmlns='urn:example'><body xmlns='jabber:server'>jabber:server</body></x> and <body>hi</body></message>"
  const s = fromTop(top(xml, NS.server))
  assert.equal(
    s.inner,
    "<x xmlns='urn:example'><body xmlns='jabber:client'>jabber:server</body></x> and <body>hi</body>",
  )
})
