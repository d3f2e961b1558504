import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_LIMITS, el, type Limits, parseElement, parseFragment, type XmlCondition, XmlError } from './index.ts'

const NS = 'jabber:client'

void test('a fragment keeps elements and text in order, CDATA joined to the text beside it', () => {
  assert.deepEqual(parseFragment("x<a i='1'>y<![CDATA[<&]]>z</a>\r\n&lt;&#x1F600;", NS), [
    'x',
    el('a', NS, { i: '1' }, 'y<&z'),
    '\n<\u{1F600}',
  ])
  assert.deepEqual(parseFragment('', NS), [])
})

void test('XML 1.0 §3.3.3 whitespace in attribute values is normalised, references are not', () => {
  assert.deepEqual(parseElement("<a b='1\r\n2\t3&#10;4'/>", NS), el('a', NS, { b: '1 2 3\n4' }))
})

void test('parseElement takes whitespace around its element and nothing else', () => {
  assert.equal(parseElement(' \n<a/> ', NS).name, 'a')
  for (const xml of ['', ' ', '<a/><b/>', 'x<a/>', '<a/>\u00A0']) assert.throws(() => parseElement(xml, NS), XmlError)
})

const REFUSED: readonly (readonly [string, string, XmlCondition])[] = [
  ['XML 1.0 §3 an element that is not closed', '<a>', 'not-well-formed'],
  ['XML 1.0 §3 an end tag of another', '<a></b>', 'not-well-formed'],
  ['XML 1.0 §3 the end of the wrapper', '</f><f>', 'not-well-formed'],
  ['XML 1.0 §2.4 the end of a CDATA section in text', 'a]]>b', 'not-well-formed'],
  ['XML 1.0 §2.4 an ampersand alone', 'a & b', 'not-well-formed'],
  ['XML 1.0 §4.1 an unfinished reference', 'a &amp', 'not-well-formed'],
  ['XML 1.0 §2.2 a control character', '\u0001', 'not-well-formed'],
  ['XML 1.0 §2.2 U+FFFF', '\uFFFF', 'not-well-formed'],
  ['XML 1.0 §4.1 a reference to U+0000', '&#0;', 'not-well-formed'],
  ['XML 1.0 §4.1 a reference to a surrogate', '&#xD800;', 'not-well-formed'],
  ['XML 1.0 §3.1 an attribute twice', "<a b='1' b='2'/>", 'not-well-formed'],
  ['Namespaces in XML §6.3 an expanded name twice', "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", 'not-well-formed'],
  ['Namespaces in XML §5 an unbound prefix', '<p:a/>', 'not-well-formed'],
  ['Namespaces in XML §4 a local part starting with a digit', "<p:1 xmlns:p='u'/>", 'not-well-formed'],
  ['Namespaces in XML §4 a prefix starting with a digit', "<a xmlns:1='u'/>", 'not-well-formed'],
  ['Namespaces in XML §5 a prefix undeclared', "<a xmlns:p=''/>", 'not-well-formed'],
  ['RFC 3987 §2.2 a namespace with a space', "<a xmlns=' jabber:client'/>", 'not-well-formed'],
  ['RFC 6120 §11.1 a comment', '<a><!-- --></a>', 'restricted-xml'],
  ['RFC 6120 §11.1 a processing instruction', '<?a?>', 'restricted-xml'],
  ['RFC 6120 §11.1 an XML declaration', "<?xml version='1.0'?>", 'restricted-xml'],
  ['RFC 6120 §11.1 a document type', '<!DOCTYPE a>', 'restricted-xml'],
  ['RFC 6120 §11.1 a foreign entity', '<a>&lol;</a>', 'restricted-xml'],
  ['RFC 6120 §11.6 a lone surrogate', '\uD83D<a/>', 'unsupported-encoding'],
]
for (const [what, xml, condition] of REFUSED) {
  void test(`${what} is ${condition}`, () => {
    assert.throws(
      () => parseFragment(xml, NS),
      (error) => error instanceof XmlError && error.condition === condition,
    )
  })
}

const small: Limits = {
  ...DEFAULT_LIMITS,
  bytes: 100,
  depth: 3,
  attributes: 2,
  children: 2,
  elements: 5,
  namespaceBytes: 10,
}
const LIMITED: readonly (readonly [keyof Limits, string, string])[] = [
  ['bytes', 'x'.repeat(100), 'x'.repeat(98) + 'é\u00e9'],
  ['depth', '<a><a><a/></a></a>', '<a><a><a><a/></a></a></a>'],
  ['attributes', "<a b='1' c='2'/>", "<a b='1' c='2' d='3'/>"],
  ['children', '<a/><a/>', '<a/><a/><a/>'],
  ['elements', '<a><a/><a/></a><a><a/></a>', '<a><a/><a/></a><a><a/><a/></a>'],
  ['namespaceBytes', "<a xmlns='urn:abcdef'/>", "<a xmlns='urn:abcdé'/><a xmlns='urn:abcdefg'/>"],
]
for (const [limit, within, beyond] of LIMITED) {
  void test(`the limit ${limit} is held to exactly`, () => {
    parseFragment(within, NS, small)
    assert.throws(
      () => parseFragment(beyond, NS, small),
      (error) => error instanceof XmlError && error.condition === 'policy-violation' && error.limit === limit,
    )
  })
}

void test('an error leaves nothing behind for the next text', () => {
  assert.throws(() => parseFragment('<a>&', NS), XmlError)
  assert.throws(() => parseFragment('<a b="', NS), XmlError)
  assert.deepEqual(parseFragment('amp;', NS), ['amp;'])
})
