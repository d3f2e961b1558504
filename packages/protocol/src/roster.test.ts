import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid } from '@jabiru/jid'
import { Refusal } from '@jabiru/stanza'
import { children, parseElement, serialize } from '@jabiru/xml'
import {
  parseRosterGet,
  parseRosterItem,
  parseRosterSet,
  type RosterItem,
  renderRosterItem,
  renderRosterQuery,
  renderRosterRemoval,
} from './roster.ts'

const juliet = parseBareJid('juliet@example.com')
const query = (inner: string, attrs = '') =>
  parseElement(`<query xmlns='jabber:iq:roster'${attrs}>${inner}</query>`, '')
const long = 'x'.repeat(1024)

const ACCEPTED: readonly (readonly [string, string, ReturnType<typeof parseRosterSet>])[] = [
  [
    'RFC 6121 §2.3.1 an item with a name and a group',
    "<item jid='nurse@example.com' name='Nurse'><group>Servants</group></item>",
    { do: 'put', jid: parseBareJid('nurse@example.com'), name: 'Nurse', groups: ['Servants'] },
  ],
  [
    'RFC 6121 §2.1.2.6 an item in no group',
    "<item jid='romeo@example.net'/>",
    { do: 'put', jid: parseBareJid('romeo@example.net'), name: '', groups: [] },
  ],
  [
    'RFC 6121 §2.4.1 an empty name is no name',
    "<item jid='romeo@example.net' name=''/>",
    { do: 'put', jid: parseBareJid('romeo@example.net'), name: '', groups: [] },
  ],
  [
    'RFC 6121 §2.5.1 a removal',
    "<item jid='nurse@example.com' subscription='remove'/>",
    { do: 'remove', jid: parseBareJid('nurse@example.com') },
  ],
  [
    'RFC 6121 §2.1.2.5 any other subscription is ignored, and so are ask and approved',
    "<item jid='nurse@example.com' subscription='both' ask='subscribe' approved='true'/>",
    { do: 'put', jid: parseBareJid('nurse@example.com'), name: '', groups: [] },
  ],
  [
    'RFC 7622 §3 the address comes out in canonical form',
    "<item jid='NURSE@Example.com'/>",
    { do: 'put', jid: parseBareJid('nurse@example.com'), name: '', groups: [] },
  ],
  [
    'a name of exactly the limit',
    `<item jid='nurse@example.com' name='${'x'.repeat(1023)}'/>`,
    { do: 'put', jid: parseBareJid('nurse@example.com'), name: 'x'.repeat(1023), groups: [] },
  ],
]
for (const [title, xml, expected] of ACCEPTED) {
  void test(`${title} is accepted`, () => {
    assert.deepEqual(parseRosterSet(query(xml), juliet), expected)
  })
}

const item = (inner: string) => `<item jid='nurse@example.com'>${inner}</item>`
const REFUSED: readonly (readonly [string, string, string])[] = [
  ['RFC 6121 §2.3.3 more than one item', item('') + item(''), 'bad-request'],
  ['RFC 6121 §2.1.5 no item', '', 'bad-request'],
  ['RFC 6121 §2.1.2.3 an item without a jid', "<item name='Nurse'/>", 'bad-request'],
  ['RFC 6121 §2.1.2.3 a malformed jid', "<item jid='a@b@c'/>", 'jid-malformed'],
  ['RFC 6121 §3.1.1 a jid with a resource', "<item jid='nurse@example.com/kitchen'/>", 'bad-request'],
  ['RFC 6121 §2.3.3 the address of the owner', "<item jid='Juliet@example.com'/>", 'not-allowed'],
  ['RFC 6121 §2.3.3 an oversized name', `<item jid='nurse@example.com' name='${long}'/>`, 'not-acceptable'],
  [
    'RFC 6121 §2.3.3 a name that is oversized in bytes only',
    `<item jid='nurse@example.com' name='${'ж'.repeat(512)}'/>`,
    'not-acceptable',
  ],
  ['RFC 6121 §2.3.3 duplicate groups', item('<group>Servants</group><group>Servants</group>'), 'bad-request'],
  [
    'RFC 6121 §2.3.3 groups that are the same resource',
    item('<group>caf\u00e9</group><group>cafe\u0301</group>'),
    'bad-request',
  ],
  ['RFC 6121 §2.3.3 an empty group', item('<group></group>'), 'not-acceptable'],
  ['RFC 6121 §2.3.3 an oversized group', item(`<group>${long}</group>`), 'not-acceptable'],
  [
    'more groups than the limit',
    item(Array.from({ length: 65 }, (_, i) => `<group>${i}</group>`).join('')),
    'not-acceptable',
  ],
]
for (const [title, xml, condition] of REFUSED) {
  void test(`${title} is refused with ${condition}`, () => {
    assert.throws(
      () => parseRosterSet(query(xml), juliet),
      (err) => err instanceof Refusal && err.condition === condition,
    )
  })
}

void test('RFC 6121 §2.1.3 a roster get tells its version, or none', () => {
  assert.deepEqual(parseRosterGet(query('', " ver='ver14'")), { ver: 'ver14' })
  assert.deepEqual(parseRosterGet(query('', " ver=''")), { ver: '' })
  assert.deepEqual(parseRosterGet(query('')), { ver: undefined })
})

void test('RFC 6121 §2.1.3 a roster get with an item is refused', () => {
  assert.throws(() => parseRosterGet(query(item(''))), Refusal)
})

const romeo: RosterItem = {
  jid: parseBareJid('romeo@example.net'),
  name: 'Romeo',
  groups: ['Friends', 'Lovers'],
  subscription: 'both',
  ask: false,
  approved: false,
}

const RENDERED: readonly (readonly [string, RosterItem, string])[] = [
  [
    'RFC 6121 §2.2 an item with groups',
    romeo,
    "<item jid='romeo@example.net' name='Romeo' subscription='both'><group>Friends</group><group>Lovers</group></item>",
  ],
  [
    'RFC 6121 §3.1.2 a pending request is ask=subscribe',
    { ...romeo, name: '', groups: [], subscription: 'none', ask: true },
    "<item jid='romeo@example.net' subscription='none' ask='subscribe'/>",
  ],
  [
    'RFC 6121 §3.4 a pre-approval is approved=true',
    { ...romeo, name: '', groups: [], subscription: 'to', approved: true },
    "<item jid='romeo@example.net' subscription='to' approved='true'/>",
  ],
]
for (const [title, value, xml] of RENDERED) {
  void test(`${title}, both ways`, () => {
    assert.equal(serialize(renderRosterItem(value), 'jabber:iq:roster'), xml)
    assert.deepEqual(parseRosterItem(parseElement(xml, 'jabber:iq:roster')), value)
  })
}

void test('RFC 6121 §2.5.2 a removal, both ways', () => {
  const removal = renderRosterRemoval(romeo.jid)
  assert.equal(serialize(removal, 'jabber:iq:roster'), "<item jid='romeo@example.net' subscription='remove'/>")
  assert.equal(parseRosterItem(removal), undefined)
})

void test('RFC 6121 §2.1.4 a result has its version and any number of items', () => {
  const result = renderRosterQuery([renderRosterItem(romeo), renderRosterRemoval(romeo.jid)], 'ver7')
  assert.equal(result.attrs['ver'], 'ver7')
  assert.equal(children(result).length, 2)
  assert.equal(serialize(renderRosterQuery([])), "<query xmlns='jabber:iq:roster'/>")
})
