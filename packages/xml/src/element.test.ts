import assert from 'node:assert/strict'
import { test } from 'node:test'
import { child, childOf, children, el, parseElement, serialize, textOf, withAttrs, XmlValueError } from './index.ts'

const NS = 'urn:example:a'

void test('attributes and children that are undefined and empty text are left out', () => {
  assert.deepEqual(el('a', NS, { id: undefined, to: 'x' }, undefined, '', 'text'), {
    name: 'a',
    ns: NS,
    attrs: { to: 'x' },
    children: ['text'],
  })
})

void test('child looks in the namespace of the parent unless another is given', () => {
  const e = el('m', NS, {}, el('b', 'urn:example:b'), el('b', NS, { id: '1' }))
  assert.equal(child(e, 'b')?.attrs['id'], '1')
  assert.equal(child(e, 'b', 'urn:example:b')?.ns, 'urn:example:b')
  assert.equal(child(e, 'b', 'urn:example:c'), undefined)
  assert.equal(childOf(e, 'urn:example:b')?.name, 'b')
})

void test('children skips text and textOf joins it', () => {
  const e = el('m', NS, {}, 'one ', el('b', NS, {}, 'not this'), 'two')
  assert.deepEqual(
    children(e).map((c) => c.name),
    ['b'],
  )
  assert.equal(textOf(e), 'one two')
  assert.equal(textOf(undefined), '')
})

void test('withAttrs sets and removes and leaves the original alone', () => {
  const e = el('m', NS, { a: '1', b: '2' })
  assert.deepEqual(withAttrs(e, { a: undefined, c: '3' }).attrs, { b: '2', c: '3' })
  assert.deepEqual(e.attrs, { a: '1', b: '2' })
})

const REFUSED: readonly (readonly [string, () => unknown])[] = [
  ['a name with a colon', () => el('a:b', NS)],
  ['a name starting with a digit', () => el('1a', NS)],
  ['an empty name', () => el('', NS)],
  ['a name with markup', () => el('a><b', NS)],
  ['a namespace with whitespace', () => el('a', 'urn:x ')],
  ['a namespace with a no-break space', () => el('a', '\u00A0urn:x')],
  ['a namespace with braces', () => el('a', 'urn:{x}')],
  ['the namespace of xmlns', () => el('a', 'http://www.w3.org/2000/xmlns/')],
  ['xmlns as attribute', () => el('a', NS, { xmlns: 'urn:y' })],
  ['a prefixed attribute', () => el('a', NS, { 'p:b': '1' })],
  ['xmlns:p as attribute', () => el('a', NS, { 'xmlns:p': 'urn:y' })],
  ['an attribute in the namespace of xmlns', () => el('a', NS, { '{http://www.w3.org/2000/xmlns/}p': 'urn:y' })],
  ['an attribute with an empty namespace', () => el('a', NS, { '{}b': '1' })],
  ['U+0000 in text', () => el('a', NS, {}, 'a\0b')],
  ['U+001B in text', () => el('a', NS, {}, '\u001B')],
  ['U+FFFE in an attribute', () => el('a', NS, { b: '\uFFFE' })],
  ['a lone high surrogate in text', () => el('a', NS, {}, 'x\uD83Dx')],
  ['a lone low surrogate in an attribute', () => el('a', NS, { b: '\uDE00' })],
  ['an attribute changed to a forbidden value', () => withAttrs(el('a', NS), { b: '\uFFFF' })],
]
for (const [what, build] of REFUSED) {
  void test(`XML 1.0 §2.2, Namespaces in XML §4: ${what} cannot be built`, () => {
    assert.throws(build, XmlValueError)
  })
}

const WRITTEN: readonly (readonly [string, ReturnType<typeof el>, string])[] = [
  [
    'xmlns only where it differs',
    el('a', NS, {}, el('b', NS), el('c', 'urn:c', {}, el('d', 'urn:c'))),
    "<a><b/><c xmlns='urn:c'><d/></c></a>",
  ],
  ['no namespace', el('a', NS, {}, el('b', '', {}, el('c', NS))), `<a><b xmlns=''><c xmlns='${NS}'/></b></a>`],
  ['xml:lang', el('a', NS, { 'xml:lang': 'en' }), "<a xml:lang='en'/>"],
  ['the uri of xml', el('a', NS, { '{http://www.w3.org/XML/1998/namespace}lang': 'en' }), "<a xml:lang='en'/>"],
  [
    'prefixed attributes',
    el('a', NS, { '{u:1}x': '1', '{u:2}x': '2', '{u:1}y': '3' }),
    "<a a0:x='1' a1:x='2' a0:y='3' xmlns:a0='u:1' xmlns:a1='u:2'/>",
  ],
  [
    'an element of the xml namespace',
    el('x', 'http://www.w3.org/XML/1998/namespace', {}, el('b', NS)),
    '<xml:x><b/></xml:x>',
  ],
  ['escapes in text', el('a', NS, {}, `<&>"'\r\n\t]]>`), `<a>&lt;&amp;&gt;"'&#13;\n\t]]&gt;</a>`],
  ['escapes in attributes', el('a', NS, { b: `<&>"'\r\n\t` }), "<a b='&lt;&amp;&gt;&quot;&apos;&#13;&#10;&#9;'/>"],
  ['astral characters', el('a', NS, { b: '\u{1F600}' }, '\u{10FFFF}'), "<a b='\u{1F600}'>\u{10FFFF}</a>"],
  ['the attribute __proto__', el('a', NS, JSON.parse('{"__proto__":"1"}')), "<a __proto__='1'/>"],
]
for (const [what, element, xml] of WRITTEN) {
  void test(`serialize writes ${what} and parseElement reads the same back`, () => {
    assert.equal(serialize(element, NS), xml)
    assert.deepEqual(parseElement(xml, NS), element)
  })
}
