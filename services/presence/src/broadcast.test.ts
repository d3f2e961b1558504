import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFullJid } from '@jabiru/jid'
import { decideAvailability } from './broadcast.ts'
import { decideDirected } from './directed.ts'
import {
  balcony,
  broadcasts,
  chamber,
  house,
  juliet,
  mercutio,
  nurse,
  present,
  read,
  romeo,
  rules,
  said,
  tybalt,
} from './testing.ts'

void test('RFC 6121 §4.2.2 initial presence goes to the subscribers and to the account’s own resources, and probes go out', () => {
  assert.deepEqual(said(broadcasts(house, balcony).out), [
    "accounts juliet@example.com romeo@example.net mercutio@example.com: <presence from='juliet@example.com/balcony'/>",
    "probe romeo@example.net benvolio@example.net: <presence from='juliet@example.com/balcony' type='probe'/>",
  ])
})

void test('RFC 6121 §4.2.2 a second resource learns of the first, and the first of it', () => {
  const there = broadcasts(house, balcony, "<presence id='p1'><show>away</show></presence>").account
  const [all, other, probe] = said(broadcasts(there, chamber).out)
  assert.ok(all?.startsWith('accounts juliet@example.com romeo@example.net'))
  assert.equal(
    other,
    "accounts juliet@example.com: <presence from='juliet@example.com/balcony' to='juliet@example.com/chamber' id='p1'>" +
      '<show>away</show></presence>',
  )
  assert.ok(probe?.includes("from='juliet@example.com/chamber'"))
})

void test('RFC 6121 §4.4.2 a change goes to the same people with everything in it, and probes nobody', () => {
  const { out } = broadcasts(present(balcony), balcony, "<presence><show>dnd</show><x xmlns='urn:example'/></presence>")
  assert.deepEqual(said(out), [
    'accounts juliet@example.com romeo@example.net mercutio@example.com: ' +
      "<presence from='juliet@example.com/balcony'><show>dnd</show><x xmlns='urn:example'/></presence>",
  ])
})

void test('RFC 6121 §4.5.2 unavailable goes to the same people with its status', () => {
  const gone = broadcasts(
    present(balcony),
    balcony,
    "<presence type='unavailable'><status>vacation</status></presence>",
  )
  assert.deepEqual(said(gone.out), [
    'accounts juliet@example.com romeo@example.net mercutio@example.com: ' +
      "<presence from='juliet@example.com/balcony' type='unavailable'><status>vacation</status></presence>",
  ])
  assert.equal(gone.account.resources.size, 0)
})

void test('RFC 6121 §4.5.2 presence after unavailable is initial presence again', () => {
  const gone = broadcasts(present(balcony), balcony, "<presence type='unavailable'/>").account
  assert.equal(broadcasts(gone, balcony).out.length, 2)
})

void test('RFC 6121 §4.5.2 unavailable of who was not available says nothing', () => {
  assert.deepEqual(broadcasts(house, balcony, "<presence type='unavailable'/>").out, [])
})

void test('RFC 6121 §4.6.3 rule 2 whoever was told directly learns of the end, once, and is told of no change', () => {
  const to = (xml: string) => ({ resource: balcony, gen: '1.1', stanza: read(xml) })
  let account = present(balcony)
  for (const contact of ['nurse@example.com', 'nurse@example.com', 'room@muc.example.com/Juliet', romeo])
    account = decideDirected(account, rules, to(`<presence to='${contact}'/>`)).account
  assert.equal(broadcasts(account, balcony).out.length, 1)
  const { out, account: after } = broadcasts(account, balcony, "<presence type='unavailable'/>")
  assert.deepEqual(said(out).slice(1), [
    "accounts nurse@example.com: <presence from='juliet@example.com/balcony' to='nurse@example.com' type='unavailable'/>",
    'accounts room@muc.example.com: ' +
      "<presence from='juliet@example.com/balcony' to='room@muc.example.com/Juliet' type='unavailable'/>",
  ])
  assert.equal(after.resources.size, 0)
})

void test('RFC 6121 §4.6.3 rule 3 who was never available ends what it told directly, and nothing else', () => {
  const directed = { resource: balcony, gen: '1.1', stanza: read(`<presence to='${romeo}'/>`) }
  const { account } = decideDirected(house, rules, directed)
  assert.deepEqual(said(broadcasts(account, balcony, "<presence type='unavailable'/>").out), [
    "accounts romeo@example.net: <presence from='juliet@example.com/balcony' to='romeo@example.net' type='unavailable'/>",
  ])
})

void test('what an older socket says is not the session’s', () => {
  const there = broadcasts(house, balcony, '<presence/>', '7.10').account
  for (const gen of ['7.9', '6.99']) {
    const late = decideAvailability(there, rules, {
      resource: balcony,
      gen,
      stanza: read("<presence type='unavailable'/>"),
      initial: false,
    })
    assert.deepEqual(late, { account: there, out: [] })
  }
})

void test('XEP-0198 §5 a resumption keeps presence and what was told directly', () => {
  const told = { resource: balcony, gen: '1.1', stanza: read(`<presence to='${nurse}'/>`) }
  const { account } = decideDirected(present(balcony), rules, told)
  const resumed = broadcasts(account, balcony, '<presence><show>away</show></presence>', '1.2')
  assert.equal(resumed.out.length, 1)
  const gone = broadcasts(resumed.account, balcony, "<presence type='unavailable'/>", '1.2')
  assert.equal(gone.out.length, 2)
})

void test('a new session under the old name probes again', () => {
  const again = { resource: balcony, gen: '2.1', stanza: read('<presence/>'), initial: true }
  assert.equal(decideAvailability(present(balcony), rules, again).out.length, 2)
})

void test('RFC 6121 §4.2.2 what a client writes into from and to is not believed', () => {
  const { out } = broadcasts(house, balcony, `<presence from='${romeo}' to='${nurse}'/>`)
  assert.ok(said(out)[0]?.endsWith("<presence from='juliet@example.com/balcony'/>"))
})

void test('a new owner that is told what everybody knows keeps it, and tells nobody', () => {
  const known = { resource: balcony, gen: '1.1', stanza: read('<presence/>'), initial: false, known: true }
  const { account, out } = decideAvailability(house, rules, known)
  assert.deepEqual(out, [])
  assert.ok(account.resources.get(balcony)?.presence)
})

void test('RFC 6121 §4.6.3 a new owner tells the end to whom the owner before had told directly, and to nobody twice', () => {
  const directed = [parseFullJid(`${nurse}/kitchen`), romeo, tybalt]
  const known = { resource: balcony, gen: '1.1', stanza: read('<presence/>'), initial: false, known: true, directed }
  const { account, out } = decideAvailability(house, rules, known)
  assert.deepEqual(out, [])
  assert.deepEqual([...(account.resources.get(balcony)?.directed ?? [])], [`${nurse}/kitchen`])
  const end = decideAvailability(account, rules, {
    ...known,
    known: undefined,
    stanza: read(`<presence type='unavailable'/>`),
  })
  assert.deepEqual(
    end.out.map(({ accounts }) => accounts),
    [[juliet, romeo, mercutio], [nurse]],
  )
})

void test('RFC 6121 §4.6.3 a session that was never available is introduced too, by whom it has told', () => {
  const stanza = read(`<presence type='unavailable'/>`)
  const known = { resource: balcony, gen: '1.1', stanza, initial: false, known: true, directed: [nurse, romeo] }
  const { account, out } = decideAvailability(house, rules, known)
  assert.deepEqual(out, [])
  const end = decideAvailability(account, rules, { ...known, known: undefined })
  assert.deepEqual(
    end.out.map(({ accounts }) => accounts),
    [[nurse], [romeo]],
  )
})
