import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { NS, Refusal, type Stanza, stanzaFrom, withHead } from '@jabiru/stanza'
import { parseElement } from '@jabiru/xml'
import { decideLogin } from './login.ts'
import { decideRequest } from './request.ts'
import { apply, blankItem, EMPTY, type Item, type Roster } from './roster.ts'
import type { State } from './states.ts'
import { rosterIn, rules, said } from './testing.ts'

const asker = parseFullJid('romeo@example.net/orchard')
const nurse = parseBareJid('nurse@example.com')

function iq(type: string, inner = '', attrs = ''): Stanza {
  const xml = `<iq from='${asker}' id='rs1' type='${type}'><query xmlns='jabber:iq:roster'${attrs}>${inner}</query></iq>`
  return stanzaFrom(parseElement(xml, NS.client))
}
const ask = (roster: Roster, stanza: Stanza, over = {}) =>
  decideRequest(roster, { ...rules, ...over }, { iq: stanza, asker })
const refused = (condition: string) => (err: unknown) => err instanceof Refusal && err.condition === condition

void test('RFC 6121 §2.1.4 a roster without contacts is an empty query', () => {
  assert.deepEqual(said(ask(EMPTY, iq('get')).out), [
    "asker <iq to='romeo@example.net/orchard' id='rs1' type='result'><query xmlns='jabber:iq:roster' ver='0'/></iq>",
  ])
})

void test('RFC 6121 §2.1.4 a result has every item and the version', () => {
  assert.deepEqual(said(ask(rosterIn('both', true, { name: 'J', groups: ['G'] }), iq('get')).out), [
    "asker <iq to='romeo@example.net/orchard' id='rs1' type='result'><query xmlns='jabber:iq:roster' ver='1'>" +
      "<item jid='juliet@example.com' name='J' subscription='both'><group>G</group></item></query></iq>",
  ])
})

void test('RFC 6121 §3.1.3 a request that waits is not in the roster', () => {
  assert.ok(said(ask(rosterIn('none+in', false), iq('get')).out)[0]?.endsWith("ver='0'/></iq>"))
})

void test('RFC 6121 §2.3.2 a new item is answered and pushed', () => {
  const { out, change } = ask(
    EMPTY,
    iq('set', "<item jid='nurse@example.com' name='Nurse'><group>Servants</group></item>"),
  )
  assert.deepEqual(said(out), [
    "asker <iq to='romeo@example.net/orchard' id='rs1' type='result'/>",
    "push <item jid='nurse@example.com' name='Nurse' subscription='none'><group>Servants</group></item> 1000",
  ])
  assert.equal(change?.ver, 1000)
})

void test('RFC 6121 §2.4.1 an update replaces name and groups and leaves the subscription', () => {
  const roster = rosterIn('from+out', true, { name: 'J', groups: ['G'] })
  const { out } = ask(roster, iq('set', "<item jid='juliet@example.com' subscription='none'/>"))
  assert.deepEqual(said(out).slice(1), [
    "push <item jid='juliet@example.com' subscription='from' ask='subscribe'/> 1000",
  ])
})

const REMOVALS: readonly (readonly [State, readonly string[]])[] = [
  ['none', []],
  ['none+out', ['unsubscribe']],
  ['to', ['unsubscribe']],
  ['from', ['unsubscribed']],
  ['from+out', ['unsubscribe', 'unsubscribed']],
  ['both', ['unsubscribe', 'unsubscribed']],
]
for (const [state, farewell] of REMOVALS) {
  void test(`RFC 6121 §2.5.2 removing a contact in ${state} sends ${farewell.join(' and ') || 'nothing'}`, () => {
    const { out, change } = ask(rosterIn(state), iq('set', "<item jid='juliet@example.com' subscription='remove'/>"))
    assert.equal(change?.item, 'removed')
    const types = out.flatMap((one) => (one.to === 'contact' ? [one.stanza.type] : []))
    assert.deepEqual(types, farewell)
    assert.equal(said(out).at(-1), "push <item jid='juliet@example.com' subscription='remove'/> 1000")
  })
}

void test('RFC 6121 §2.5.2, §3.2.2 presence is told of a removal before the contact is', () => {
  const { out } = ask(rosterIn('both'), iq('set', "<item jid='juliet@example.com' subscription='remove'/>"))
  assert.deepEqual(
    out.map((one) => one.to),
    ['asker', 'presence', 'contact', 'contact', 'push'],
  )
})

void test('RFC 6121 §2.5.3 who is not in the roster cannot be removed', () => {
  const removal = iq('set', "<item jid='juliet@example.com' subscription='remove'/>")
  assert.throws(() => ask(rosterIn('none+in', false), removal), refused('item-not-found'))
})

void test('what is in the namespace and no query is refused', () => {
  const other = stanzaFrom(parseElement("<iq id='1' type='get'><x xmlns='jabber:iq:roster'/></iq>", NS.client))
  assert.throws(() => ask(EMPTY, other), refused('feature-not-implemented'))
})

void test('RFC 6121 §2.3.3 faults of a set are refused', () => {
  assert.throws(() => ask(EMPTY, iq('set')), refused('bad-request'))
  assert.throws(() => ask(EMPTY, iq('set', "<item jid='romeo@example.net'/>")), refused('not-allowed'))
  assert.throws(
    () => ask(EMPTY, iq('set', "<item jid='nurse@example.com'/>"), { limits: { ...rules.limits, items: 0 } }),
    refused('resource-constraint'),
  )
})

const at = (jid: typeof nurse, ver: number): Item => ({ ...blankItem(jid), ver })
const many = ['a', 'b', 'c'].map((name, i) => at(parseBareJid(`${name}@example.com`), i + 10))
const known: Roster = {
  ...EMPTY,
  ver: 13,
  items: new Map(many.map((item) => [item.jid, item])),
  removed: new Map([[nurse, 13]]),
  forgotten: 5,
}

void test('RFC 6121 §2.6.3 who has the latest version gets an empty result', () => {
  assert.deepEqual(said(ask(known, iq('get', '', " ver='13'")).out), [
    "asker <iq to='romeo@example.net/orchard' id='rs1' type='result'/>",
  ])
})

void test('RFC 6121 §2.6.3 who has an older version gets what has changed, in order of modification', () => {
  assert.deepEqual(said(ask(known, iq('get', '', " ver='11'")).out), [
    "asker <iq to='romeo@example.net/orchard' id='rs1' type='result'/>",
    "asker <iq from='romeo@example.net' to='romeo@example.net/orchard' id='push-12' type='set'>" +
      "<query xmlns='jabber:iq:roster' ver='12'><item jid='c@example.com' subscription='none'/></query></iq>",
    "asker <iq from='romeo@example.net' to='romeo@example.net/orchard' id='push-13' type='set'>" +
      "<query xmlns='jabber:iq:roster' ver='13'><item jid='nurse@example.com' subscription='remove'/></query></iq>",
  ])
})

const WHOLE: readonly (readonly [string, string])[] = [
  ['bootstraps with an empty version', " ver=''"],
  ['has a version from before what is forgotten', " ver='4'"],
  ['has a version of the future', " ver='99'"],
  ['has a version that is none', " ver='abc'"],
  ['knows no versions', ''],
  ['would get more pushes than there are items', " ver='9'"],
]
for (const [title, attrs] of WHOLE) {
  void test(`RFC 6121 §2.6.3 who ${title} gets the whole roster`, () => {
    const [only, ...rest] = said(ask(known, iq('get', '', attrs)).out)
    assert.deepEqual(rest, [])
    assert.ok(only?.includes("ver='13'><item jid='a@example.com'"))
  })
}

void test('RFC 6121 §2.6.3 removals are forgotten by halves, and older versions with them', () => {
  let roster: Roster = { ...EMPTY, ver: 0 }
  for (let i = 1; i <= 20; i++) {
    const contact = parseBareJid(`c${i}@example.com`)
    roster = apply(roster, { contact, ver: i * 2 - 1, item: at(contact, i * 2 - 1) })
    const removal = withHead(iq('set', `<item jid='${contact}' subscription='remove'/>`), { from: asker })
    const { change } = ask(roster, removal, { now: i * 2 })
    assert.ok(change)
    roster = apply(roster, change)
    assert.ok(roster.removed.size <= rules.limits.removals)
    assert.ok([...roster.removed.values()].every((ver) => ver > roster.forgotten))
  }
  assert.ok(roster.forgotten > 0)
})

void test('RFC 6121 §3.1.3 rule 4 waiting requests go to each new resource', () => {
  assert.deepEqual(said(decideLogin(rosterIn('to+in'), rules, { resource: asker }).out), [
    "asker <presence from='juliet@example.com' to='romeo@example.net/orchard' id='r1' type='subscribe'/>",
  ])
})

void test('RFC 6121 §3.1.2 what nobody has answered is asked again at a login', () => {
  assert.deepEqual(said(decideLogin(rosterIn('from+out'), rules, { resource: asker }).out), [
    "contact <presence from='romeo@example.net' to='juliet@example.com' type='subscribe'/>",
  ])
  const far = { ...rules, isReachable: () => false }
  assert.deepEqual(decideLogin(rosterIn('none+out'), far, { resource: asker }), { out: [] })
})
