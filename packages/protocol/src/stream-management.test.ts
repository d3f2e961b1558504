import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderStreamError, StreamFault } from '@jabiru/stanza'
import { parseElement, serialize } from '@jabiru/xml'
import { handledCountTooHigh, parseSm, renderSm, type SmElement } from './stream-management.ts'

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'

function read(xml: string): SmElement | undefined {
  const e = parseElement(xml, '')
  return parseSm({ name: e.name, ns: e.ns, attrs: e.attrs, element: () => e })
}

// The examples of XEP-0198, with numbers where it prints words for them.
const ROWS: readonly (readonly [string, string, SmElement])[] = [
  ['§3 enable', "<enable xmlns='urn:xmpp:sm:3'/>", { is: 'enable', resume: false, max: undefined }],
  [
    '§5 enable with resumption',
    "<enable xmlns='urn:xmpp:sm:3' max='600' resume='true'/>",
    { is: 'enable', resume: true, max: 600 },
  ],
  [
    '§3 enabled',
    "<enabled xmlns='urn:xmpp:sm:3'/>",
    { is: 'enabled', id: undefined, resume: false, max: undefined, location: undefined },
  ],
  [
    '§5 enabled with resumption',
    "<enabled xmlns='urn:xmpp:sm:3' id='some-long-sm-id' location='[2001:41D0:1:A49b::1]:9222' resume='true'/>",
    {
      is: 'enabled',
      id: 'some-long-sm-id',
      resume: true,
      max: undefined,
      location: '[2001:41D0:1:A49b::1]:9222',
    },
  ],
  [
    '§3 failed',
    `<failed xmlns='urn:xmpp:sm:3'><unexpected-request xmlns='${STANZAS}'/></failed>`,
    { is: 'failed', condition: 'unexpected-request', h: undefined },
  ],
  [
    '§5 failed with a count',
    `<failed xmlns='urn:xmpp:sm:3' h='12'><item-not-found xmlns='${STANZAS}'/></failed>`,
    { is: 'failed', condition: 'item-not-found', h: 12 },
  ],
  [
    '§5 resume',
    "<resume xmlns='urn:xmpp:sm:3' h='7' previd='some-long-sm-id'/>",
    { is: 'resume', h: 7, previd: 'some-long-sm-id' },
  ],
  [
    '§5 resumed',
    "<resumed xmlns='urn:xmpp:sm:3' h='8' previd='some-long-sm-id'/>",
    { is: 'resumed', h: 8, previd: 'some-long-sm-id' },
  ],
  ['§4 r', "<r xmlns='urn:xmpp:sm:3'/>", { is: 'r' }],
  ['§4 a', "<a xmlns='urn:xmpp:sm:3' h='4294967295'/>", { is: 'a', h: 4_294_967_295 }],
]
for (const [title, xml, sm] of ROWS) {
  void test(`XEP-0198 ${title}, both ways`, () => {
    assert.deepEqual(read(xml), sm)
    assert.equal(serialize(renderSm(sm)), xml)
  })
}

const BROKEN = ['', " h=''", " h='-1'", " h='1.5'", " h='0x1'", " h='4294967296'", " h=' 1'"]
for (const attrs of BROKEN) {
  void test(`XEP-0198 §4 <a${attrs}/> ends the stream`, () => {
    assert.throws(
      () => read(`<a xmlns='urn:xmpp:sm:3'${attrs}/>`),
      (err) => err instanceof StreamFault && err.condition === 'bad-format',
    )
  })
}

void test('XEP-0198 §3 a wish that is no number is no wish', () => {
  assert.deepEqual(read("<enable xmlns='urn:xmpp:sm:3' resume='1' max='soon'/>"), {
    is: 'enable',
    resume: true,
    max: undefined,
  })
})

void test('what is not of stream management is nothing to it; an unknown element of it ends the stream', () => {
  assert.equal(read("<r xmlns='urn:example'/>"), undefined)
  assert.throws(() => read("<dance xmlns='urn:xmpp:sm:3'/>"), StreamFault)
})

void test('XEP-0198 §4 the stream error for a count too high', () => {
  assert.equal(
    renderStreamError(handledCountTooHigh(10, 8)),
    "<stream:error><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" +
      "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>" +
      'You acknowledged 10 stanzas, but I only sent you 8 so far.</text>' +
      "<handled-count-too-high xmlns='urn:xmpp:sm:3' h='10' send-count='8'/></stream:error>",
  )
})
