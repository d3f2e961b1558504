import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from './account.ts'
import { decideAvailability } from './broadcast.ts'
import { decideRosterChange } from './subscription.ts'
import { balcony, benvolio, house, mercutio, present, read, romeo, rules, said } from './testing.ts'

/** What the roster says of it was there when this owner read it first. */
const granted = { contact: mercutio, subscription: 'from', was: 'none', ver: 10 } as const
const withdrawn = { contact: benvolio, subscription: 'to', was: 'both', ver: 10 } as const

const introduces = (account: Account) =>
  decideAvailability(account, rules, {
    resource: balcony,
    gen: '1.1',
    stanza: read('<presence/>'),
    initial: false,
    known: true,
  })

void test('RFC 6121 §3.1.5 — who began to see the account when its owner changed learns who is there', () => {
  assert.deepEqual(said(decideRosterChange(present(balcony), rules, granted).out), [
    "accounts mercutio@example.com: <presence from='juliet@example.com/balcony'/>",
  ])
})

void test('RFC 6121 §3.1.5 — and so where its resources are introduced only afterwards', () => {
  const { account, out } = decideRosterChange(house, rules, granted)
  assert.deepEqual(out, [])
  assert.deepEqual(said(introduces(account).out), [
    "accounts mercutio@example.com: <presence from='juliet@example.com/balcony'/>",
  ])
  assert.deepEqual(introduces(house).out, [])
})

void test('RFC 6121 §3.2.2 — who ceased to see the account then learns that nobody is there', () => {
  assert.deepEqual(said(decideRosterChange(present(balcony), rules, withdrawn).out), [
    "accounts benvolio@example.net: <presence from='juliet@example.com/balcony' type='unavailable'/>",
  ])
})

void test('what has changed again since then, or nothing for who sees, is not told', () => {
  const there = present(balcony)
  assert.deepEqual(decideRosterChange(there, rules, { ...granted, contact: romeo }).out, [])
  assert.deepEqual(decideRosterChange(there, rules, { ...granted, was: 'both' }).out, [])
  assert.deepEqual(decideRosterChange({ ...there, ver: 12 }, rules, { ...granted, ver: 11 }).out, [])
})
