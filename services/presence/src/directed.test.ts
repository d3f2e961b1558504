import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { Refusal } from '@jabiru/stanza'
import type { Account } from './account.ts'
import { decideDirected } from './directed.ts'
import { decideProbe } from './probe.ts'
import { decideRefresh, decideRosterChange } from './subscription.ts'
import {
  balcony,
  benvolio,
  broadcasts,
  chamber,
  house,
  mercutio,
  nurse,
  present,
  read,
  romeo,
  rules,
  said,
  tybalt,
} from './testing.ts'

const tell = (account: Account, xml: string, gen = '1.1') =>
  decideDirected(account, rules, { resource: balcony, gen, stanza: read(xml) })
const probe = (account: Account, from: string, resource?: string) =>
  said(
    decideProbe(account, rules, {
      from: from.includes('/') ? parseFullJid(from) : parseBareJid(from),
      resource: resource === undefined ? undefined : parseFullJid(resource),
    }).out,
  )

void test('RFC 6121 §4.6.3 directed presence is sent as it is, from the resource', () => {
  assert.deepEqual(said(tell(present(balcony), `<presence to='${nurse}' id='d1'><show>chat</show></presence>`).out), [
    "accounts nurse@example.com: <presence from='juliet@example.com/balcony' to='nurse@example.com' id='d1'>" +
      '<show>chat</show></presence>',
  ])
})

const REMEMBERED: readonly (readonly [string, Account, string, boolean])[] = [
  ['rule 1 a subscriber is not', present(balcony), romeo, false],
  ['rule 1 a resource of a subscriber is not', present(balcony), `${romeo}/orchard`, false],
  ['rule 2 a stranger is', present(balcony), nurse, true],
  ['rule 2 whom one only sees is', present(balcony), benvolio, true],
  ['rule 3 a subscriber is, of a resource that is not available', house, romeo, true],
]
for (const [title, account, to, isRemembered] of REMEMBERED) {
  void test(`RFC 6121 §4.6.3 ${title} remembered`, () => {
    const { account: after } = tell(account, `<presence to='${to}'/>`)
    assert.equal(after.resources.get(balcony)?.directed.size ?? 0, isRemembered ? 1 : 0)
  })
}

void test('RFC 6121 §4.6.1 whoever is told that it ended is forgotten', () => {
  const { account } = tell(present(balcony), `<presence to='${nurse}'/>`)
  const ended = tell(account, `<presence to='${nurse}' type='unavailable'/>`)
  assert.equal(ended.account.resources.get(balcony)?.directed.size, 0)
  assert.equal(ended.out.length, 1)
})

void test('RFC 6120 §10.5.1 presence for the domain is for the server, which tells nobody', () => {
  const there = present(balcony)
  assert.deepEqual(tell(there, `<presence to='example.com'/>`), { account: there, out: [] })
  assert.deepEqual(tell(there, `<presence to='example.com/x' type='unavailable'/>`), { account: there, out: [] })
})

void test('RFC 6121 §4.6.3 who cannot be reached, and one too many, is refused', () => {
  const refused = (condition: string) => (err: unknown) => err instanceof Refusal && err.condition === condition
  assert.throws(() => tell(present(balcony), `<presence to='${tybalt}'/>`), refused('remote-server-not-found'))
  let account = present(balcony)
  for (const name of ['a', 'b', 'c']) account = tell(account, `<presence to='${name}@example.com'/>`).account
  assert.throws(() => tell(account, "<presence to='d@example.com'/>"), refused('resource-constraint'))
  assert.equal(tell(account, "<presence to='d@example.com' type='unavailable'/>").out.length, 1)
})

void test('directed presence of an older socket says nothing', () => {
  const there = broadcasts(house, balcony, '<presence/>', '7.2').account
  assert.deepEqual(tell(there, `<presence to='${nurse}'/>`, '7.1'), { account: there, out: [] })
})

void test('RFC 6121 §4.3 a probe of a client’s is passed on', () => {
  assert.deepEqual(said(tell(house, `<presence to='${benvolio}' type='probe' id='x'/>`).out), [
    "probe benvolio@example.net: <presence from='juliet@example.com/balcony' to='benvolio@example.net' id='x' type='probe'/>",
  ])
})

void test('RFC 6121 §4.3.2 rule 4 a subscriber gets the last presence of each resource, with its id', () => {
  const there = broadcasts(present(balcony), chamber, "<presence id='p2'><show>away</show></presence>").account
  assert.deepEqual(probe(there, `${romeo}/orchard`), [
    "accounts romeo@example.net: <presence from='juliet@example.com/balcony' to='romeo@example.net/orchard'/>",
    "accounts romeo@example.net: <presence from='juliet@example.com/chamber' to='romeo@example.net/orchard' id='p2'>" +
      '<show>away</show></presence>',
  ])
})

void test('RFC 6121 §4.3.2 a probe for one resource is told that it is there, and no more', () => {
  const there = broadcasts(present(balcony), chamber, '<presence><show>away</show></presence>').account
  assert.deepEqual(probe(there, romeo, chamber), [
    "accounts romeo@example.net: <presence from='juliet@example.com/chamber' to='romeo@example.net'/>",
  ])
  assert.deepEqual(probe(there, romeo, 'juliet@example.com/garden'), [])
})

void test('RFC 6121 §4.3.2 rule 1 who is not subscribed learns nothing', () => {
  for (const who of [benvolio, nurse, 'stranger@example.com']) assert.deepEqual(probe(present(balcony), who), [])
})

void test('RFC 6121 §4.3.2 rule 3 nobody there is no answer', () => {
  assert.deepEqual(probe(house, romeo), [])
})

void test('RFC 6121 §4.6.6 whoever was told directly may ask that resource, and learns no more than that it is there', () => {
  const detailed = broadcasts(present(chamber), balcony, '<presence><show>away</show></presence>').account
  const { account } = tell(detailed, `<presence to='${nurse}'/>`)
  const answer =
    "accounts nurse@example.com: <presence from='juliet@example.com/balcony' to='nurse@example.com/kitchen'/>"
  assert.deepEqual(probe(account, `${nurse}/kitchen`, balcony), [answer])
  assert.deepEqual(probe(account, `${nurse}/kitchen`), [answer])
  assert.deepEqual(probe(account, nurse, chamber), [])
  assert.deepEqual(probe(account, 'stranger@example.com', balcony), [])
})

const change = (
  account: Account,
  contact: typeof nurse,
  subscription: 'none' | 'to' | 'from' | 'both' | 'remove',
  ver = 11,
) => decideRosterChange(account, rules, { contact, subscription, ver })

void test('RFC 6121 §3.1.5 who begins to see the account gets the presence of each resource', () => {
  const there = broadcasts(present(balcony), chamber, '<presence><show>away</show></presence>').account
  const { out, account } = change(there, nurse, 'from')
  assert.deepEqual(said(out), [
    "accounts nurse@example.com: <presence from='juliet@example.com/balcony'/>",
    "accounts nurse@example.com: <presence from='juliet@example.com/chamber'><show>away</show></presence>",
  ])
  assert.ok(said(broadcasts(account, balcony).out)[0]?.includes('nurse@example.com'))
})

for (const [title, subscription] of [
  ['§3.2.2 a cancelled subscriber', 'none'],
  ['§2.5.2 a removed contact', 'remove'],
  ['§3.3.3 who has unsubscribed', 'to'],
] as const) {
  void test(`RFC 6121 ${title} gets unavailable of each resource, and nothing after it`, () => {
    const { out, account } = change(present(balcony, chamber), mercutio, subscription)
    assert.deepEqual(said(out), [
      "accounts mercutio@example.com: <presence from='juliet@example.com/balcony' type='unavailable'/>",
      "accounts mercutio@example.com: <presence from='juliet@example.com/chamber' type='unavailable'/>",
    ])
    assert.ok(!said(broadcasts(account, balcony).out)[0]?.includes('mercutio'))
    assert.deepEqual(probe(account, mercutio), [])
  })
}

void test('RFC 6121 §4.6.1 a cancelled subscription ends what was told directly too', () => {
  // Told before he became a subscriber.
  const { account: told } = tell(present(balcony), `<presence to='${nurse}/kitchen'/>`)
  const { account: subscribed } = change(told, nurse, 'from', 11)
  const { account } = change(subscribed, nurse, 'none', 12)
  assert.equal(broadcasts(account, balcony, "<presence type='unavailable'/>").out.length, 1)
})

void test('what changes nothing about who sees the account says nothing', () => {
  for (const [contact, subscription] of [
    [romeo, 'from'],
    [nurse, 'to'],
    [benvolio, 'none'],
    [tybalt, 'none'],
  ] as const)
    assert.deepEqual(change(present(balcony), contact, subscription).out, [])
})

void test('what the roster had said already when the account was woken is not told again', () => {
  const account = present(balcony)
  assert.deepEqual(change(account, nurse, 'from', 10), { account, out: [] })
})

void test('a difference that nobody has told of is found when the roster is asked again', () => {
  const items = new Map([...house.contacts, [nurse, 'from'] as const, [romeo, 'to'] as const])
  items.delete(mercutio)
  const { out, account } = decideRefresh(present(balcony), rules, { ver: 12, items })
  assert.deepEqual(said(out), [
    "accounts romeo@example.net: <presence from='juliet@example.com/balcony' type='unavailable'/>",
    "accounts mercutio@example.com: <presence from='juliet@example.com/balcony' type='unavailable'/>",
    "accounts nurse@example.com: <presence from='juliet@example.com/balcony'/>",
  ])
  assert.deepEqual([account.ver, account.contacts], [12, items])
  assert.deepEqual(decideRefresh(account, rules, { ver: 12, items: new Map() }).out, [])
})
