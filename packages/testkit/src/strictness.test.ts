import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Markup, xml } from './markup.ts'
import { faultsOf } from './strictness.ts'

const me = 'romeo@x.test/phone'
const ERROR = xml`<error type="cancel"><gone xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`

const ROWS: readonly (readonly [title: string, stanza: Markup, fault: RegExp | undefined])[] = [
  ['a message', xml`<message from="a@x.test/b" to="${me}" type="chat"/>`, undefined],
  ['a message to the bare address', xml`<message to="romeo@x.test"/>`, undefined],
  ['a message of another', xml`<message to="juliet@x.test"/>`, /§8.1.1.2/],
  ['a message for a resource that is gone', xml`<message to="romeo@x.test/gone"/>`, undefined],
  ['presence for another resource', xml`<presence to="romeo@x.test/gone"/>`, /§8.1.1.2/],
  ['a message of an unknown type', xml`<message type="sonnet"/>`, undefined],
  ['an address not canonical', xml`<message from="A@X.test"/>`, /RFC 7622/],
  ['no address at all', xml`<message from="@x"/>`, /RFC 7622/],
  ['an unknown type', xml`<presence type="available"/>`, /type 'available'/],
  ['an iq without type', xml`<iq id="1"/>`, /type ''/],
  ['an iq without id', xml`<iq type="result"/>`, /needs an id/],
  ['a request with two children', xml`<iq type="get" id="1"><a/><b/></iq>`, /exactly one child/],
  ['a result with two children', xml`<iq type="result" id="1"><a/><b/></iq>`, /at most one/],
  ['an error', xml`<iq type="error" id="1">${ERROR}</iq>`, undefined],
  ['an error without <error/>', xml`<iq type="error" id="1"/>`, /needs an <error/],
  ['an error without condition', xml`<message type="error"><error type="wait"/></message>`, /exactly one defined/],
  ['an error without type', xml`<message type="error"><error/></message>`, /five types/],
  ['an unknown element', xml`<hello/>`, /nothing a server may send/],
  ['a stanza of another namespace', xml`<message xmlns="jabber:server"/>`, /nothing a server may send/],
  ['an acknowledgement', xml`<a xmlns="urn:xmpp:sm:3" h="1"/>`, undefined],
]
for (const [title, stanza, fault] of ROWS) {
  void test(`what a server may send: ${title}`, () => {
    const faults = faultsOf(stanza.element(), me).join('\n')
    if (fault === undefined) assert.equal(faults, '')
    else assert.match(faults, fault)
  })
}
