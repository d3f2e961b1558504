import assert from 'node:assert/strict'
import { test } from 'node:test'
import { any, xml } from './markup.ts'
import { differences, explain, matches } from './match.ts'

const received = xml`
  <message from="romeo@x/orchard" to="juliet@x" id="m1" type="chat">
    <body>Wherefore &amp; why?</body>
    <delay xmlns="urn:xmpp:delay" stamp="2026-01-01T00:00:00Z"/>
    <item/><item n="2"/>
  </message>`.element()

const PARTIAL = [
  ['the same', xml`<message from="romeo@x/orchard" type="chat"><body>Wherefore &amp; why?</body></message>`, []],
  ['only a name', xml`<message/>`, []],
  ['children in another order', xml`<message><item n="2"/><delay xmlns="urn:xmpp:delay"/><body/></message>`, []],
  ['any value', xml`<message id="${any}"><delay xmlns="urn:xmpp:delay" stamp="${any}"/></message>`, []],
  ['two alike', xml`<message><item/><item/></message>`, []],
  ['another name', xml`<iq/>`, ["iq: expected <iq xmlns='jabber:client'>, received <message xmlns='jabber:client'>"]],
  ['another attribute', xml`<message id="m2"/>`, ["message@id: expected 'm2', received 'm1'"]],
  ['a missing attribute', xml`<message lang="${any}"/>`, ['message@lang: expected any value, received nothing']],
  [
    'another text',
    xml`<message><body>No</body></message>`,
    ["message/body/text(): expected 'No', received 'Wherefore & why?'"],
  ],
  [
    'a missing child',
    xml`<message><subject/></message>`,
    ["message/subject: expected <subject xmlns='jabber:client'>, received none"],
  ],
  [
    'a child of another namespace',
    xml`<message><delay/></message>`,
    ["message/delay: expected <delay xmlns='jabber:client'>, received none"],
  ],
] as const
for (const [title, pattern, expected] of PARTIAL) {
  void test(`a partial match: ${title}`, () => {
    assert.deepEqual(differences(pattern.element(), received), expected)
  })
}

void test('one child cannot stand for two of the pattern', () => {
  const pattern = xml`<message><item n="2"/><item n="2"/></message>`.element()
  assert.equal(matches(pattern, received), false)
})

const EXACT = [
  ['the same', xml`<a id="${any}"><b>x</b><c/></a>`, []],
  ['an attribute too many', xml`<a><b>x</b><c/></a>`, ["a@id: expected nothing, received '1'"]],
  ['a child too many', xml`<a id="1"><b>x</b></a>`, ['a: not expected: <c/>']],
  [
    'another order',
    xml`<a id="1"><c/><b>x</b></a>`,
    [
      "a/c: expected <c xmlns='jabber:client'>, received <b xmlns='jabber:client'>",
      "a/b: expected <b xmlns='jabber:client'>, received <c xmlns='jabber:client'>",
    ],
  ],
  ['text too much', xml`<a id="1"><b/><c/></a>`, ["a/b/text(): expected '', received 'x'"]],
  ['a child too few', xml`<a id="1"><b>x</b><c/><d/></a>`, ['a/d: expected <d/>, received none']],
] as const
for (const [title, pattern, expected] of EXACT) {
  void test(`an exact match: ${title}`, () => {
    assert.deepEqual(differences(pattern.element(), xml`<a id="1"><b>x</b><c/></a>`.element(), 'exact'), expected)
  })
}

void test('an explanation shows the nearest of what came', () => {
  const pattern = xml`<message><body>No</body></message>`.element()
  const text = explain(pattern, [xml`<iq/>`.element(), xml`<message><body>Yes</body></message>`.element()])
  assert.equal(
    text,
    [
      'a stanza like',
      '    <message><body>No</body></message>',
      '  the nearest of 2 received',
      '    <message><body>Yes</body></message>',
      '  differs:',
      "      message/body/text(): expected 'No', received 'Yes'",
    ].join('\n'),
  )
  assert.match(explain(pattern, []), /nothing came$/)
})

void test('what is interpolated cannot break out of its place', () => {
  const name = `"/><x a='&`
  const markup = xml`<message to="${name}" from="${{ jid: 'a@x/<b>' }}"><body>${name}</body>${[xml`<i/>`, xml`<j/>`]}</message>`
  const e = markup.element()
  assert.equal(e.attrs['to'], name)
  assert.equal(e.attrs['from'], 'a@x/<b>')
  assert.equal(e.children.length, 3)
  assert.deepEqual(e.children[0], { name: 'body', ns: 'jabber:client', attrs: {}, children: [name] })
})

void test('markup that is not well-formed is refused where it is written', () => {
  assert.throws(() => xml`<message><body></message>`.element())
  assert.throws(() => xml`<a/><b/>`.element())
})
