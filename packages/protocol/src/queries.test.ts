import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '@jabiru/stanza'
import { type Element, parseElement, serialize } from '@jabiru/xml'
import { parseDiscoInfo, parseDiscoItems, renderDiscoInfo, renderDiscoItems } from './disco.ts'
import { parseLast, renderLast } from './last.ts'
import { parsePageRequest, parsePageResult, renderPageRequest, renderPageResult } from './rsm.ts'
import { parseTime, renderTime } from './time.ts'
import { parseVersion, renderVersion } from './version.ts'

const refused = (err: unknown) => err instanceof Refusal && err.condition === 'bad-request'

/** A codec is right when what it has read is written as it was printed. */
function bothWays<T>(
  title: string,
  xml: string,
  parse: (e: Element) => T,
  render: (value: T) => Element,
  value: T,
): void {
  void test(`${title}, both ways`, () => {
    assert.deepEqual(parse(parseElement(xml, '')), value)
    assert.equal(serialize(render(value)), xml)
  })
}

bothWays(
  'XEP-0030 §3.1 the example: what an entity is and can do',
  "<query xmlns='http://jabber.org/protocol/disco#info'>" +
    "<identity category='conference' type='text' name='Play-Specific Chatrooms'/>" +
    "<identity category='directory' type='chatroom' name='Play-Specific Chatrooms'/>" +
    "<feature var='http://jabber.org/protocol/disco#info'/><feature var='jabber:iq:version'/></query>",
  parseDiscoInfo,
  renderDiscoInfo,
  {
    node: undefined,
    identities: [
      { category: 'conference', type: 'text', name: 'Play-Specific Chatrooms', lang: undefined },
      { category: 'directory', type: 'chatroom', name: 'Play-Specific Chatrooms', lang: undefined },
    ],
    features: ['http://jabber.org/protocol/disco#info', 'jabber:iq:version'],
    forms: [],
  },
)

bothWays(
  'XEP-0030 §3.2 the example: a node',
  "<query xmlns='http://jabber.org/protocol/disco#info' node='http://jabber.org/protocol/commands'>" +
    "<identity category='automation' type='command-list'/></query>",
  parseDiscoInfo,
  renderDiscoInfo,
  {
    node: 'http://jabber.org/protocol/commands',
    identities: [{ category: 'automation', type: 'command-list', name: undefined, lang: undefined }],
    features: [],
    forms: [],
  },
)

bothWays(
  'XEP-0030 §4.1 the example: items, with and without a node',
  "<query xmlns='http://jabber.org/protocol/disco#items' node='music'>" +
    "<item jid='people.shakespeare.lit' name='Directory of Characters'/>" +
    "<item jid='catalog.shakespeare.lit' node='music/A'/></query>",
  parseDiscoItems,
  renderDiscoItems,
  {
    node: 'music',
    items: [
      { jid: 'people.shakespeare.lit', node: undefined, name: 'Directory of Characters' },
      { jid: 'catalog.shakespeare.lit', node: 'music/A', name: undefined },
    ],
  },
)

const INFO = "<query xmlns='http://jabber.org/protocol/disco#info'>"
const INCOMPLETE: readonly (readonly [string, () => unknown])[] = [
  ['an identity without a category', () => parseDiscoInfo(parseElement(`${INFO}<identity type='pc'/></query>`, ''))],
  [
    'an identity without a type',
    () => parseDiscoInfo(parseElement(`${INFO}<identity category='client'/></query>`, '')),
  ],
  ['a feature without a var', () => parseDiscoInfo(parseElement(`${INFO}<feature/></query>`, ''))],
  [
    'an item without a jid',
    () => parseDiscoItems(parseElement("<query xmlns='http://jabber.org/protocol/disco#items'><item/></query>", '')),
  ],
]
for (const [title, read] of INCOMPLETE) {
  void test(`XEP-0030 §11 ${title} is refused`, () => {
    assert.throws(read, refused)
  })
}

bothWays(
  'XEP-0092 §3 the example',
  "<query xmlns='jabber:iq:version'><name>Exodus</name><version>0.7.0.4</version><os>Windows-XP 5.01.2600</os></query>",
  parseVersion,
  renderVersion,
  { name: 'Exodus', version: '0.7.0.4', os: 'Windows-XP 5.01.2600' },
)

bothWays(
  'XEP-0202 §3 the example',
  "<time xmlns='urn:xmpp:time'><tzo>-06:00</tzo><utc>2006-12-19T17:58:35Z</utc></time>",
  parseTime,
  renderTime,
  { utc: Date.UTC(2006, 11, 19, 17, 58, 35), offset: -360 },
)

void test('XEP-0202 §3 a time without its parts is refused', () => {
  assert.throws(() => parseTime(parseElement("<time xmlns='urn:xmpp:time'/>", '')), refused)
})

bothWays(
  'XEP-0012 §3 the example',
  "<query xmlns='jabber:iq:last' seconds='903'>Heading Home</query>",
  parseLast,
  renderLast,
  { seconds: 903, status: 'Heading Home' },
)

void test('XEP-0012 §2 no seconds are no answer', () => {
  assert.throws(() => parseLast(parseElement("<query xmlns='jabber:iq:last'/>", '')), refused)
})

const SET = "<set xmlns='http://jabber.org/protocol/rsm'>"
bothWays('XEP-0059 §2.1 the first page', `${SET}<max>10</max></set>`, parsePageRequest, renderPageRequest, {
  max: 10,
  from: 'start',
})
bothWays(
  'XEP-0059 §2.2 the page after',
  `${SET}<max>10</max><after>peterpan@neverland.lit</after></set>`,
  parsePageRequest,
  renderPageRequest,
  { max: 10, from: 'after', id: 'peterpan@neverland.lit' },
)
bothWays(
  'XEP-0059 §2.3 the page before',
  `${SET}<max>10</max><before>peter@pixyland.org</before></set>`,
  parsePageRequest,
  renderPageRequest,
  { max: 10, from: 'before', id: 'peter@pixyland.org' },
)
bothWays('XEP-0059 §2.5 the last page', `${SET}<max>10</max><before/></set>`, parsePageRequest, renderPageRequest, {
  max: 10,
  from: 'before',
  id: '',
})
bothWays(
  'XEP-0059 §2.6 a page by index',
  `${SET}<max>10</max><index>371</index></set>`,
  parsePageRequest,
  renderPageRequest,
  { max: 10, from: 'index', index: 371 },
)
bothWays('XEP-0059 §2.7 the count only', `${SET}<max>0</max></set>`, parsePageRequest, renderPageRequest, {
  max: 0,
  from: 'start',
})
bothWays('a page of any size', SET.replace('>', '/>'), parsePageRequest, renderPageRequest, { from: 'start' })
bothWays(
  'XEP-0059 §2.2 what is told of a page',
  `${SET}<first index='10'>peter@pixyland.org</first><last>peter@rabbit.lit</last><count>800</count></set>`,
  parsePageResult,
  renderPageResult,
  { first: { id: 'peter@pixyland.org', index: 10 }, last: 'peter@rabbit.lit', count: 800 },
)
bothWays(
  'XEP-0059 §2.2 what is told of an empty page',
  `${SET}<count>790</count></set>`,
  parsePageResult,
  renderPageResult,
  { first: undefined, last: undefined, count: 790 },
)

const BROKEN_PAGES = [
  '<max>ten</max>',
  '<max>-1</max>',
  '<max/>',
  '<index>x</index>',
  '<after>a</after><before/>',
  '<max>4294967296</max>',
]
for (const inner of BROKEN_PAGES) {
  void test(`XEP-0059 §2 ${inner} is refused`, () => {
    assert.throws(() => parsePageRequest(parseElement(`${SET}${inner}</set>`, '')), refused)
  })
}
