import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '@jabiru/stanza'
import { parseElement, serialize } from '@jabiru/xml'
import { romeo } from '../testing/messages.ts'
import { parseQuery, renderFin } from './codec.ts'
import { renderQueryForm } from './form.ts'

const query = (inner: string, attrs = '') => parseElement(`<query xmlns='urn:xmpp:mam:2'${attrs}>${inner}</query>`, '')
const field = (name: string, ...values: readonly string[]) =>
  `<field var='${name}'>${values.map((value) => `<value>${value}</value>`).join('')}</field>`
const type = field('FORM_TYPE', 'urn:xmpp:mam:2')
const form = (inner: string, kind = 'submit', first = type) =>
  `<x xmlns='jabber:x:data' type='${kind}'>${first}${inner}</x>`
const rsm = (inner: string) => `<set xmlns='http://jabber.org/protocol/rsm'>${inner}</set>`

const filters = [
  ['§4.1 no form asks for all', '', {}],
  ['§4.1 nor does an empty one', form(''), {}],
  [
    '§4.1.1 a bare address',
    form(field('with', 'Romeo@montague.example')),
    { with: { peer: romeo, resource: undefined } },
  ],
  ['§4.1.1 a full one', form(field('with', `${romeo}/o`)), { with: { peer: romeo, resource: 'o' } }],
  ['§4.1.2 the start', form(field('start', '2010-06-07T00:00:00Z')), { start: Date.UTC(2010, 5, 7) }],
  [
    '§4.1.2 the end, with an offset',
    form(field('end', '2010-06-07T02:00:00.5+02:00')),
    { end: Date.UTC(2010, 5, 7) + 500 },
  ],
  ['§4.1.3 ids', form(field('after-id', 'a') + field('before-id', 'b')), { afterId: 'a', beforeId: 'b' }],
  ['§4.1.3 several, each once', form(field('ids', 'a', 'b', 'a')), { ids: ['a', 'b'] }],
  ['§4.1.4 groupchat or not', form(field('include-groupchat', 'false')), {}],
  ['a field without a value asks for nothing', form(field('with') + field('ids')), {}],
] as const
for (const [title, inner, filter] of filters) {
  void test(`XEP-0313 ${title}`, () => assert.deepEqual(parseQuery(query(inner)).filter, filter))
}

const pages = [
  ['XEP-0059 §2.1 no page is the first', '', { from: 'start' }],
  ['XEP-0059 §2.1 so many', rsm('<max>10</max>'), { from: 'start', max: 10 }],
  ['XEP-0059 §2.2 after', rsm('<max>10</max><after>a</after>'), { from: 'after', id: 'a', max: 10 }],
  ['XEP-0059 §2.3 before', rsm('<before>a</before>'), { from: 'before', id: 'a' }],
  ['XEP-0059 §2.5 the last', rsm('<before/>'), { from: 'before', id: '' }],
] as const
for (const [title, inner, page] of pages) {
  void test(title, () => assert.deepEqual(parseQuery(query(inner)).page, page))
}

const refused = [
  ['XEP-0313 §4.1 a form of another type', form('', 'submit', field('FORM_TYPE', 'urn:other')), 'bad-request'],
  ['XEP-0313 §4.1 a form of no type', form('', 'submit', ''), 'bad-request'],
  ['XEP-0004 §3.1 a form that is not submitted', form('', 'cancel'), 'bad-request'],
  ['XEP-0313 §4.1.1 what is no address', form(field('with', 'a@b@c')), 'bad-request'],
  ['XEP-0313 §4.1.1 no address', form(field('with', '')), 'bad-request'],
  ['XEP-0313 §4.1.1 two addresses', form(field('with', 'a@b', 'c@d')), 'bad-request'],
  ['XEP-0313 §4.1.2 what is no date', form(field('start', '2010-02-30T00:00:00Z')), 'bad-request'],
  ['XEP-0313 §4.1.4 neither true nor false', form(field('include-groupchat', 'maybe')), 'bad-request'],
  ['XEP-0313 §4.1.5 a field that is not known', form(field('{urn:x}search', 'a')), 'feature-not-implemented'],
  ['a field twice', form(field('after-id', 'a') + field('after-id', 'b')), 'bad-request'],
  ['ids by the thousand', form(field('ids', ...Array.from({ length: 1000 }, (_, i) => String(i)))), 'not-acceptable'],
  ['XEP-0059 §2.6 a page by index', rsm('<index>3</index>'), 'feature-not-implemented'],
  ['XEP-0313 §4.3.2 two places at once', rsm('<before>a</before><after>b</after>'), 'bad-request'],
  ['a page of a negative number', rsm('<max>-1</max>'), 'bad-request'],
  ['a page of far too many digits', rsm(`<max>${'9'.repeat(40)}</max>`), 'bad-request'],
] as const
for (const [title, inner, condition] of refused) {
  void test(`${title} is refused`, () =>
    assert.throws(
      () => parseQuery(query(inner)),
      (err) => err instanceof Refusal && err.condition === condition,
    ))
}

void test('XEP-0313 §5.1.3 a node, and a query id without end, are refused', () => {
  const thrown = (attrs: string, condition: string) =>
    assert.throws(
      () => parseQuery(query('', attrs)),
      (err) => err instanceof Refusal && err.condition === condition,
    )
  thrown(" node='n'", 'item-not-found')
  thrown(` queryid='${'q'.repeat(5000)}'`, 'bad-request')
})

void test('XEP-0313 §4.3.4 a page is flipped, and §4 has an id', () => {
  const { flip, queryId } = parseQuery(query('<flip-page/>', " queryid='q'"))
  assert.deepEqual([flip, queryId], [true, 'q'])
  assert.equal(parseQuery(query('')).flip, false)
})

void test('XEP-0313 §4.1.5 the form tells the fields, none of them required, and ids are open to any', () => {
  const text = serialize(renderQueryForm())
  for (const name of ['with', 'start', 'end', 'before-id', 'after-id', 'ids', 'include-groupchat'])
    assert.ok(text.includes(`var='${name}'`))
  assert.doesNotMatch(text, /required/)
  assert.match(text, /var='ids' type='list-multi'><validate [^>]*><open\/><\/validate>/)
  assert.match(text, /<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2<\/value>/)
})

void test('XEP-0313 §4.3.2 the end says whether more is to come', () => {
  const page = { first: { id: 'a', index: 0 }, last: 'b', count: 2 }
  const set =
    "<set xmlns='http://jabber.org/protocol/rsm'><first index='0'>a</first><last>b</last><count>2</count></set>"
  assert.equal(serialize(renderFin(page, true)), `<fin xmlns='urn:xmpp:mam:2' complete='true'>${set}</fin>`)
  assert.doesNotMatch(serialize(renderFin({}, false)), /complete/)
})

void test('a form of more fields than there are is refused before it is read', () => {
  const many = form(field('with', 'a@b').repeat(1_000))
  assert.throws(
    () => parseQuery(query(many)),
    (err) => err instanceof Refusal && err.condition === 'bad-request',
  )
})
