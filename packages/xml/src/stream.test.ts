import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hear, OPEN, only } from '../test/hear.ts'
import {
  createStreamParser,
  DEFAULT_LIMITS,
  type Limits,
  PRE_AUTH_LIMITS,
  parseFragment,
  type StreamParser,
  XmlError,
} from './index.ts'

void test('a stream is opened, has top-level elements and is closed', () => {
  const told = hear([`<?xml version='1.0'?>\n${OPEN} <a/>\r\n\t<b>x</b></stream:stream >junk`])
  assert.equal(told.error, undefined)
  assert.deepEqual(told.events, [
    {
      name: 'stream',
      ns: 'http://etherx.jabber.org/streams',
      prefix: 'stream',
      attrs: { to: 'im.example.com' },
      prefixes: { stream: 'http://etherx.jabber.org/streams' },
      defaultNs: 'jabber:client',
    },
    {
      name: 'a',
      ns: 'jabber:client',
      attrs: {},
      inner: '',
      payloads: [],
      element: { name: 'a', ns: 'jabber:client', attrs: {}, children: [] },
    },
    {
      name: 'b',
      ns: 'jabber:client',
      attrs: {},
      inner: 'x',
      payloads: [],
      element: { name: 'b', ns: 'jabber:client', attrs: {}, children: ['x'] },
    },
    'close',
  ])
})

void test('a root that is an empty element opens and closes', () => {
  assert.deepEqual(hear(["<open xmlns='urn:x' a='1'/>"]).events, [
    { name: 'open', ns: 'urn:x', prefix: '', attrs: { a: '1' }, prefixes: {}, defaultNs: 'urn:x' },
    'close',
  ])
})

void test('payloads are the direct child elements with their namespaces', () => {
  const { payloads } = only("<iq>t<a><z/></a><b xmlns='urn:b'/><p:c xmlns:p='urn:c'/><d xmlns=''/></iq>")
  assert.deepEqual(payloads, [
    { name: 'a', ns: 'jabber:client' },
    { name: 'b', ns: 'urn:b' },
    { name: 'c', ns: 'urn:c' },
    { name: 'd', ns: '' },
  ])
})

/** Content, and how it is passed on; the same text where there is only one. */
const INNER: readonly (readonly [string, string, string?])[] = [
  ['nothing', '<m/>', ''],
  ['nothing between tags', '<m></m >', ''],
  ['text and elements', '<m>a<b c="d">&lt;</b>\r\n</m\n>', 'a<b c="d">&lt;</b>\r\n'],
  ['a greater-than sign in values', `<m a='>'><b c="/>" d='&lt;/m>'/></m>`, `<b c="/>" d='&lt;/m>'/>`],
  [
    'RFC 6120 §8.4 a prefix that is declared and used within stays',
    "<m><p:b xmlns:p='urn:p'><p:c p:d='1'/></p:b></m>",
    "<p:b xmlns:p='urn:p'><p:c p:d='1'/></p:b>",
  ],
  ['xml:lang', "<m><b xml:lang='en'/></m>", "<b xml:lang='en'/>"],
  ['its own default namespace', "<m xmlns='urn:m'><b/></m>", '<b/>'],
  ['a CDATA section', '<m>a<![CDATA[<b>]]]]>&gt;</m>', 'a&lt;b&gt;]]&gt;'],
  [
    'RFC 6120 §4.8.5 a prefix of the header goes on with what needs it',
    '<m><stream:b/></m>',
    "<b xmlns='http://etherx.jabber.org/streams'/>",
  ],
  [
    'an attribute with a prefix of the stream',
    "<m><b stream:c='1'/></m>",
    "<b a0:c='1' xmlns:a0='http://etherx.jabber.org/streams'/>",
  ],
  ['a prefix of its own tag', "<m xmlns:p='urn:p'><p:b/></m>", "<b xmlns='urn:p'/>"],
  [
    'a prefix used after the element that declares it',
    "<m xmlns:p='urn:p'><b xmlns:p='urn:q'/><p:c/></m>",
    "<b/><c xmlns='urn:p'/>",
  ],
  ['another default namespace than its own', "<p:m xmlns:p='urn:p' xmlns='urn:q'><b/></p:m>", "<b xmlns='urn:q'/>"],
  ['RFC 6120 §4.8.5 a prefix for the content namespace', "<m><p:b xmlns:p='jabber:client'/></m>", '<b/>'],
]
for (const [what, xml, inner] of INNER) {
  void test(`the inner XML means the same elsewhere: ${what}`, () => {
    const top = only(xml)
    assert.equal(top.inner, inner)
    assert.deepEqual(parseFragment(top.inner, top.ns), top.element.children)
  })
}

void test('RFC 6120 §4.8.5 a prefix declared in the header holds for all that follows', () => {
  const told = hear(["<s:stream xmlns:s='urn:s' xmlns:db='urn:db'><db:result/></s:stream>"])
  assert.deepEqual(told.events.slice(1), [
    {
      name: 'result',
      ns: 'urn:db',
      attrs: {},
      inner: '',
      payloads: [],
      element: { name: 'result', ns: 'urn:db', attrs: {}, children: [] },
    },
    'close',
  ])
})

/** A parser that counts what it tells. */
function counting(
  limits: Limits,
  onTop: (parser: StreamParser, name: string) => void = () => undefined,
): { parser: StreamParser; names: string[] } {
  const names: string[] = []
  const parser: StreamParser = createStreamParser(limits, {
    open: ({ name }) => names.push(`<${name}>`),
    top: ({ name }) => {
      names.push(name)
      onTop(parser, name)
    },
    close: () => names.push('/'),
  })
  return { parser, names }
}

void test('limits can be widened between two elements', () => {
  const { parser, names } = counting(PRE_AUTH_LIMITS)
  const large = Buffer.from(`<a>${'x'.repeat(PRE_AUTH_LIMITS.bytes)}</a>`)
  parser.write(Buffer.from('<r>'))
  parser.setLimits(DEFAULT_LIMITS)
  parser.write(large)
  assert.deepEqual(names, ['<r>', 'a'])
  parser.setLimits(PRE_AUTH_LIMITS)
  assert.throws(() => {
    parser.write(large)
  }, XmlError)
})

void test('after an error all input is ignored', () => {
  const { parser, names } = counting(DEFAULT_LIMITS)
  assert.throws(() => {
    parser.write(Buffer.from('<r><a/></x><b/>'))
  }, XmlError)
  parser.write(Buffer.from('<r><a/></r>'))
  parser.end()
  assert.deepEqual(names, ['<r>', 'a'])
})

void test('RFC 6120 §4.3.3 a reset begins a new stream with a declaration of its own', () => {
  const { parser, names } = counting(DEFAULT_LIMITS)
  parser.write(Buffer.from("<?xml version='1.0'?><r><a/><b"))
  parser.reset()
  parser.write(Buffer.from("<?xml version='1.0'?><s xmlns:p='u'><p:c/>"))
  parser.reset()
  parser.write(Buffer.from('<t>'))
  assert.throws(() => {
    parser.write(Buffer.from('<p:c/>'))
  }, XmlError)
  assert.deepEqual(names, ['<r>', 'a', '<s>', 'c', '<t>'])
})

void test('RFC 6120 §5.4.3.3 what was sent in one chunk with a request for TLS is dropped at the reset', () => {
  const { parser, names } = counting(DEFAULT_LIMITS, (parser, name) => {
    if (name === 'starttls') parser.reset()
  })
  parser.write(Buffer.from('<r><starttls/><r><injected/>'))
  parser.write(Buffer.from('<r><a/>'))
  assert.deepEqual(names, ['<r>', 'starttls', '<r>', 'a'])
})

void test('a stop in an event drops the rest of the chunk', () => {
  const { parser, names } = counting(DEFAULT_LIMITS, (parser) => {
    parser.stop()
  })
  parser.write(Buffer.from('<r><a/><b/></r>'))
  assert.deepEqual(names, ['<r>', 'a'])
})

void test('an error thrown by an event reaches the writer and ends the parser', () => {
  const { parser, names } = counting(DEFAULT_LIMITS, () => {
    throw new RangeError('ours')
  })
  assert.throws(() => {
    parser.write(Buffer.from('<r><a/><b/>'))
  }, RangeError)
  parser.write(Buffer.from('<c/>'))
  assert.deepEqual(names, ['<r>', 'a'])
})

void test('one parser within an event of another disturbs neither', () => {
  const inner: string[] = []
  const { parser, names } = counting(DEFAULT_LIMITS, () => {
    const other = counting(DEFAULT_LIMITS)
    other.parser.write(Buffer.from('<x><y/></x>'))
    inner.push(...other.names)
  })
  parser.write(Buffer.from('<r><a/><b/></r>'))
  assert.deepEqual(
    [names, inner],
    [
      ['<r>', 'a', 'b', '/'],
      ['<x>', 'y', '/', '<x>', 'y', '/'],
    ],
  )
})
