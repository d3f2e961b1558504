import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NS, stanza } from '@jabiru/stanza'
import { el, parseElement, serialize } from '@jabiru/xml'
import { capsNode, capsOf, NS_CAPS, renderCaps, verificationString, verifyCaps } from './caps.ts'
import { type DiscoInfo, parseDiscoInfo } from './disco.ts'

const exodus: DiscoInfo = {
  identities: [{ category: 'client', type: 'pc', name: 'Exodus 0.9.1' }],
  features: [
    'http://jabber.org/protocol/muc',
    'http://jabber.org/protocol/caps',
    'http://jabber.org/protocol/disco#items',
    'http://jabber.org/protocol/disco#info',
  ],
  forms: [],
}
const caps = { node: 'http://code.google.com/p/exodus', ver: 'QgayPKawpkPSDYmwT/WM94uAlu0=', hash: 'sha-1' }

const psi = `<query xmlns='http://jabber.org/protocol/disco#info' node='http://psi-im.org#q07IKJEyjvHSyhy//CH0CxmKi8w='>
  <identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>
  <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>
  <feature var='http://jabber.org/protocol/caps'/>
  <feature var='http://jabber.org/protocol/disco#info'/>
  <feature var='http://jabber.org/protocol/disco#items'/>
  <feature var='http://jabber.org/protocol/muc'/>
  <x xmlns='jabber:x:data' type='result'>
    <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>
    <field var='ip_version' type='text-multi'><value>ipv6</value><value>ipv4</value></field>
    <field var='os'><value>Mac</value></field>
    <field var='os_version'><value>10.5.1</value></field>
    <field var='software'><value>Psi</value></field>
    <field var='software_version'><value>0.11</value></field>
  </x></query>`

void test('XEP-0115 §5.2 the simple example', () => {
  assert.equal(verificationString(exodus), 'QgayPKawpkPSDYmwT/WM94uAlu0=')
})

void test('XEP-0115 §5.3 the complex example, whatever the order of the values', () => {
  assert.equal(verificationString(parseDiscoInfo(parseElement(psi, ''))), 'q07IKJEyjvHSyhy//CH0CxmKi8w=')
})

void test('XEP-0115 §5.1 features are ordered by their bytes, beyond the BMP too', () => {
  // U+FF5E is EF BD 9E and U+1F600 is F0 9F 98 80; in UTF-16 the second would come first.
  const info = (features: readonly string[]): DiscoInfo => ({ identities: [], features, forms: [] })
  const expected = verificationString(info(['a', '～', '\u{1F600}']))
  assert.equal(verificationString(info(['\u{1F600}', 'a', '～'])), expected)
  // echo -n 'a<～<😀<' | openssl dgst -binary -sha1 | base64
  assert.equal(expected, 'm6oOEXpGQWEYA3/FI0dtqvY+gxQ=')
})

void test('XEP-0115 §4 the caps of a presence, both ways', () => {
  const presence = stanza({ name: 'presence' }, renderCaps(caps))
  assert.deepEqual(capsOf(presence), caps)
  assert.equal(
    serialize(renderCaps(caps), NS.client),
    "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://code.google.com/p/exodus' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>",
  )
  assert.equal(capsNode(caps), 'http://code.google.com/p/exodus#QgayPKawpkPSDYmwT/WM94uAlu0=')
})

void test('XEP-0115 §13 the legacy format proves nothing and counts as no caps', () => {
  assert.equal(capsOf(stanza({ name: 'presence' }, el('c', NS_CAPS, { node: 'x', ver: '0.9' }))), undefined)
  assert.equal(capsOf(stanza({ name: 'presence' })), undefined)
})

const hidden = (type: string) => ({ var: 'FORM_TYPE', type: 'hidden' as const, values: [type] })
const form = (type: string) => ({ type: 'result' as const, fields: [hidden(type)] })

const VERDICTS: readonly (readonly [string, DiscoInfo, string, string])[] = [
  ['the answer that was promised', exodus, 'sha-1', 'valid'],
  ['another answer', { ...exodus, features: [] }, 'sha-1', 'mismatch'],
  ['a hash that is not understood', exodus, 'md5', 'unknown-hash'],
  ['a hash named like a property', exodus, 'constructor', 'unknown-hash'],
  [
    'the same identity twice',
    { ...exodus, identities: [...exodus.identities, ...exodus.identities] },
    'sha-1',
    'ill-formed',
  ],
  ['the same feature twice', { ...exodus, features: ['a', 'a'] }, 'sha-1', 'ill-formed'],
  ['two forms of one type', { ...exodus, forms: [form('urn:x'), form('urn:x')] }, 'sha-1', 'ill-formed'],
  [
    'a form of two types',
    { ...exodus, forms: [{ type: 'result', fields: [{ ...hidden('urn:x'), values: ['urn:x', 'urn:y'] }] }] },
    'sha-1',
    'ill-formed',
  ],
  [
    'a form without a hidden type, which is ignored',
    { ...exodus, forms: [{ type: 'result', fields: [{ var: 'os', values: ['Mac'] }] }] },
    'sha-1',
    'valid',
  ],
]
for (const [title, info, hash, verdict] of VERDICTS) {
  void test(`XEP-0115 §5.4 ${title} is ${verdict}`, () => {
    assert.equal(verifyCaps({ ...caps, hash }, info), verdict)
  })
}
