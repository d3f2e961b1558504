import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJid } from '@jabiru/jid'
import { el, textOf } from '@jabiru/xml'
import { NS } from './namespaces.ts'
import { Refusal } from './refusal.ts'
import { stanzaFrom } from './shape.ts'
import {
  elementOf,
  hasNamespace,
  hasPayload,
  messageType,
  payload,
  payloadsOf,
  renderStanza,
  stanza,
  stanzaOf,
  withHead,
  withPayloads,
} from './stanza.ts'

const romeo = parseJid('romeo@example.net/orchard')
const juliet = parseJid('juliet@example.com')
const body = el('body', NS.client, {}, 'Art thou not Romeo, and a Montague?')

void test('attributes are written as xmlns, from, to, id, type, xml:lang', () => {
  const s = stanza({ name: 'message', lang: 'en', type: 'chat', id: 'a1', to: juliet, from: romeo }, body)
  assert.equal(
    renderStanza(s, NS.client),
    "<message xmlns='jabber:client' from='romeo@example.net/orchard' to='juliet@example.com' id='a1' type='chat' xml:lang='en'>" +
      '<body>Art thou not Romeo, and a Montague?</body></message>',
  )
})

void test('a stanza without content is an empty element', () => {
  assert.equal(renderStanza(stanza({ name: 'presence' })), '<presence/>')
})

void test('what an attribute cannot hold as it is, is escaped', () => {
  const from = parseJid('romeo@example.net/it\'s <&> "here"')
  assert.equal(
    renderStanza(stanza({ name: 'iq', type: 'get', id: `'"<&>\n`, from })),
    "<iq from='romeo@example.net/it&apos;s &lt;&amp;&gt; &quot;here&quot;' id='&apos;&quot;&lt;&amp;&gt;&#10;' type='get'/>",
  )
})

void test('RFC 6120 §4.8.3 the content serves a server stream as it serves a client stream', () => {
  const s = stanza({ name: 'message' }, body, el('x', 'urn:example'))
  assert.equal(
    renderStanza(s, NS.server),
    "<message xmlns='jabber:server'><body>Art thou not Romeo, and a Montague?</body><x xmlns='urn:example'/></message>",
  )
})

void test('payloads are found by name and namespace, in order', () => {
  const s = stanzaOf(
    { name: 'message' },
    ['{jabber:client}body', '{urn:example}x', '{urn:example}x'],
    "<body>a</body><x xmlns='urn:example' n='1'/><x xmlns='urn:example' n='2'/>",
  )
  assert.equal(hasPayload(s, 'body', NS.client), true)
  assert.equal(hasPayload(s, 'body', 'urn:example'), false)
  for (const name of ['', 'bod', 'ody', 'body}', '}body']) assert.equal(hasPayload(s, name, NS.client), false, name)
  assert.equal(hasPayload(s, 'client}body', 'jabber:'), false)
  assert.equal(hasNamespace(s, NS.client), true)
  for (const ns of ['', 'jabber', 'jabber:clien', 'jabber:client}', '{jabber:client'])
    assert.equal(hasNamespace(s, ns), false, ns)
  assert.equal(payload(s, 'x', 'urn:example')?.attrs['n'], '1')
  assert.equal(textOf(payload(s, 'body', NS.client)), 'a')
  assert.deepEqual(
    payloadsOf(s).map((e) => e.name),
    ['body', 'x', 'x'],
  )
})

void test('payloads are parsed once, also across a change of the opening tag', () => {
  const s = stanzaOf({ name: 'message' }, ['{jabber:client}body'], '<body>a</body>')
  assert.equal(payloadsOf(s), payloadsOf(s))
  assert.equal(payloadsOf(withHead(s, { from: romeo })), payloadsOf(s))
})

void test('nothing is parsed to learn that a payload is not there', () => {
  const s = stanzaOf({ name: 'message' }, ['{jabber:client}body'], '<broken')
  assert.equal(payload(s, 'x', 'urn:example'), undefined)
  assert.throws(() => payload(s, 'body', NS.client))
})

void test('a changed opening tag leaves the first stanza as it was, and undefined removes an attribute', () => {
  const s = stanza({ name: 'message', from: romeo, to: juliet }, body)
  const changed = withHead(s, { from: juliet, to: undefined, id: 'b' })
  assert.equal(renderStanza(withPayloads(changed)), "<message from='juliet@example.com' id='b'/>")
  assert.equal(s.from, romeo)
  assert.equal('to' in changed, false)
})

const TYPES = [
  ['chat', 'chat'],
  ['groupchat', 'groupchat'],
  ['headline', 'headline'],
  ['error', 'error'],
  ['normal', 'normal'],
  [undefined, 'normal'],
  ['whisper', 'normal'],
  ['', 'normal'],
] as const
for (const [type, expected] of TYPES) {
  void test(`RFC 6121 §5.2.2 a message of type ${type ?? '(none)'} is ${expected}`, () => {
    assert.equal(messageType(type), expected)
  })
}

void test('a stanza as an element and back is the same stanza', () => {
  const s = stanza({ name: 'message', from: romeo, to: juliet, id: '1', type: 'chat', lang: 'en' }, body)
  assert.deepEqual(stanzaFrom(elementOf(s)), s)
})

void test('an element that is no stanza is refused', () => {
  const refused = (err: unknown) => err instanceof Refusal && err.condition === 'bad-request'
  assert.throws(() => stanzaFrom(el('pubsub', NS.client)), refused)
  assert.throws(() => stanzaFrom(el('message', NS.client, { from: 'a@b@c' })), refused)
})
