import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attributeAt, eachElement } from './frames.ts'

function framed(text: string): { readonly elements: readonly string[]; readonly rest: string } {
  const elements: string[] = []
  const end = eachElement(text, (name, whole, from, to) => elements.push(`${name}|${whole.slice(from, to)}`))
  return { elements, rest: text.slice(end) }
}

const HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1'>"
const MESSAGE = "<message from='a@b'><body>x</body></message>"
const RESULT = `<message id='m'><result><forwarded>${MESSAGE}</forwarded></result></message>`

const CASES: readonly (readonly [title: string, text: string, elements: readonly string[], rest: string])[] = [
  ['the header stands open', `${HEADER}<stream:features/>`, ['?xml', 'stream:stream', 'stream:features'], ''],
  ['stanzas that come together', `${MESSAGE}<r xmlns='urn:xmpp:sm:3'/>${MESSAGE}`, ['message', 'r', 'message'], ''],
  ['a stanza without content', "<presence from='a@b/c' />", ['presence'], ''],
  ['the end of the stream', `${MESSAGE}</stream:stream>`, ['message', '/stream:stream'], ''],
  ['blanks between stanzas', ` \n${MESSAGE} `, ['message'], ''],
  ['half a start tag', `${MESSAGE}<mess`, ['message'], '<mess'],
  ['half a stanza', `${MESSAGE}<message><body>y</bo`, ['message'], '<message><body>y</bo'],
  ['a stanza within a stanza', RESULT + MESSAGE, ['message', 'message'], ''],
  ['half a stanza around a whole one', RESULT.slice(0, -5), [], RESULT.slice(0, -5)],
  ['an element whose name begins alike', '<a><ab></ab><a/></a><a/>', ['a', 'a'], ''],
]
for (const [title, text, names, rest] of CASES) {
  void test(`framing: ${title}`, () => {
    const found = framed(text)
    assert.deepEqual(
      found.elements.map((e) => e.split('|')[0]),
      names,
    )
    assert.equal(found.rest, rest)
  })
}

void test('a forwarded stanza is part of the one around it', () => {
  assert.deepEqual(framed(RESULT).elements, [`message|${RESULT}`])
})

void test('an attribute is looked for in the element’s own tag', () => {
  const text = `<presence from="a@b/c" to='d@e'><x to='f' h='2'/></presence>`
  assert.equal(attributeAt(text, 'from', 0, text.length), 'a@b/c')
  assert.equal(attributeAt(text, 'to', 0, text.length), 'd@e')
  assert.equal(attributeAt(text, 'h', 0, text.length), undefined)
})
