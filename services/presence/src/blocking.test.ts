import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Jid, parseDomain, parseFullJid } from '@jabiru/jid'
import { stanza } from '@jabiru/stanza'
import type { Account } from './account.ts'
import { decideBlocklist } from './blocking.ts'
import { decideAvailability } from './broadcast.ts'
import { decideDirected } from './directed.ts'
import { decideProbe } from './probe.ts'
import { decideRosterChange } from './subscription.ts'
import {
  balcony,
  benvolio,
  broadcasts,
  chamber,
  mercutio,
  nurse,
  present,
  romeo,
  rules,
  said,
  tybalt,
} from './testing.ts'

const blocking = (account: Account, ...blocked: readonly Jid[]) => decideBlocklist(account, rules, { blocked })
const gone = (jid: Jid, to?: Jid) =>
  to === undefined
    ? `<presence from='${jid}' type='unavailable'/>`
    : `<presence from='${jid}' to='${to}' type='unavailable'/>`

test('XEP-0191 §3.3 a subscriber who is blocked learns that every resource is unavailable, once', () => {
  const { account, out } = blocking(present(balcony, chamber), romeo)
  assert.deepEqual(said(out), [`accounts ${romeo}: ${gone(balcony)}`, `accounts ${romeo}: ${gone(chamber)}`])
  assert.deepEqual(blocking(account, romeo).out, [])
})

test('XEP-0191 §3.3 who may not see the account, or cannot be reached, is told nothing', () => {
  assert.deepEqual(blocking(present(balcony), benvolio, nurse, tybalt).out, [])
})

test('XEP-0191 §3.3 §5 a domain means those who are at it', () => {
  const { out } = blocking(present(balcony), parseDomain('example.net'))
  assert.deepEqual(said(out), [`accounts ${romeo}: ${gone(balcony)}`])
})

test('XEP-0191 §3.3 §5 a resource of a subscriber that is named alone is told alone', () => {
  const home = parseFullJid(`${romeo}/home`)
  const { account, out } = blocking(present(balcony), home)
  assert.deepEqual(said(out), [`accounts ${romeo}: ${gone(balcony, home)}`])
  assert.deepEqual(said(blocking(account).out), [`accounts ${romeo}: <presence from='${balcony}' to='${home}'/>`])
})

test('XEP-0191 §3.4 who is not blocked any more learns who is there, and only who may', () => {
  const { account } = blocking(present(balcony), romeo, benvolio)
  assert.deepEqual(said(blocking(account).out), [`accounts ${romeo}: <presence from='${balcony}'/>`])
})

test('XEP-0191 §3.3 while blocked a subscriber is told of no change and not of the end, and nobody asks for it', () => {
  const { account } = blocking(present(balcony), romeo, benvolio)
  const others = `accounts juliet@example.com ${mercutio}`
  assert.deepEqual(said(broadcasts(account, balcony, '<presence><show>away</show></presence>').out), [
    `${others}: <presence from='${balcony}'><show>away</show></presence>`,
  ])
  const again = said(broadcasts(account, chamber).out)
  assert.equal(again[0], `${others}: <presence from='${chamber}'/>`)
  assert.ok(!again.some((line) => line.startsWith('probe') || line.includes(romeo)))
  assert.deepEqual(said(broadcasts(account, balcony, "<presence type='unavailable'/>").out), [
    `${others}: ${gone(balcony)}`,
  ])
})

test('XEP-0191 §3.3 a probe from who is blocked is not answered', () => {
  const { account } = blocking(present(balcony), romeo)
  assert.deepEqual(decideProbe(account, rules, { from: parseFullJid(`${romeo}/home`), resource: undefined }).out, [])
  const mercutios = decideProbe(account, rules, { from: mercutio, resource: undefined })
  assert.equal(mercutios.out.length, 1)
})

test('XEP-0191 §3.3 who was told directly is told of the end when blocked, and not again', () => {
  const directed = stanza({ name: 'presence', from: balcony, to: nurse })
  const { account: told } = decideDirected(present(balcony), rules, { resource: balcony, gen: '1.1', stanza: directed })
  const { account, out } = blocking(told, nurse)
  assert.deepEqual(said(out), [`accounts ${nurse}: ${gone(balcony)}`])
  const left = said(broadcasts(account, balcony, "<presence type='unavailable'/>").out)
  assert.equal(left.length, 1)
})

test('XEP-0191 §3.3 a subscription that is granted to who is blocked shows nothing until the block ends', () => {
  const { account } = blocking(present(balcony), nurse)
  const granted = decideRosterChange(account, rules, { contact: nurse, subscription: 'from', ver: 11 })
  assert.deepEqual(granted.out, [])
  assert.deepEqual(said(blocking(granted.account).out), [`accounts ${nurse}: <presence from='${balcony}'/>`])
})

test('XEP-0191 §3.3 of one who was only told directly nothing is left when the account sleeps', () => {
  const directed = stanza({ name: 'presence', from: balcony, to: nurse })
  const { account: told } = decideDirected(present(), rules, { resource: balcony, gen: '1.1', stanza: directed })
  assert.equal(blocking(told, nurse).account.resources.size, 0)
})

test('XEP-0191 §4 own resources see each other whatever is blocked', () => {
  const { account } = blocking(present(balcony), parseDomain('example.com'))
  const { out } = decideAvailability(account, rules, {
    resource: chamber,
    gen: '1.1',
    stanza: stanza({ name: 'presence' }),
    initial: true,
  })
  assert.deepEqual(said(out).slice(0, 2), [
    `accounts juliet@example.com ${romeo}: <presence from='${chamber}'/>`,
    `accounts juliet@example.com: <presence from='${balcony}' to='${chamber}'/>`,
  ])
  assert.equal(decideProbe(account, rules, { from: chamber, resource: undefined }).out.length, 1)
})
