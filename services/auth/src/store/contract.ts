import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BareJid, parseBareJid } from '@jabiru/jid'
import { deriveCredentials, encodeCredentials } from '@jabiru/sasl'
import type { AccountStore } from './store.ts'

const alice = parseBareJid('alice@localhost')
const bob = parseBareJid('bob@localhost')
const carol = parseBareJid('carol@localhost')

/** What every keeper of accounts does. `open` gives an empty one. */
export function accountsContract(name: string, open: () => Promise<AccountStore>): void {
  void test(`[${name}] an account is found as it was put`, async () => {
    const store = await open()
    const credentials = await deriveCredentials('pencil', { iterations: 4096 })
    assert.equal(await store.insert(alice, credentials), true)
    const found = await store.find(alice)
    assert.equal(found?.enabled, true)
    assert.deepEqual(encodeCredentials(found.credentials), encodeCredentials(credentials))
    assert.equal(await store.find(bob), undefined)
  })

  void test(`[${name}] an account is not put twice, and the first stays`, async () => {
    const store = await open()
    const first = await deriveCredentials('first', { iterations: 4096 })
    await store.insert(alice, first)
    assert.equal(await store.insert(alice, {}), false)
    assert.deepEqual(encodeCredentials((await store.find(alice))?.credentials ?? {}), encodeCredentials(first))
  })

  void test(`[${name}] a name that looks like SQL is a name`, async () => {
    const store = await open()
    const jid = parseBareJid('x;drop--table-account$1%_\\@localhost')
    await store.insert(jid, {})
    assert.deepEqual(
      (await store.list({ limit: 10 })).map((account) => account.jid),
      [jid],
    )
  })

  void test(`[${name}] keys are replaced, accounts disabled, enabled and removed`, async () => {
    const store = await open()
    const next = await deriveCredentials('next', { iterations: 4096 })
    await store.insert(alice, {})
    assert.equal(await store.replace(alice, next), true)
    assert.equal(await store.setEnabled(alice, false), true)
    const found = await store.find(alice)
    assert.equal(found?.enabled, false)
    assert.deepEqual(encodeCredentials(found.credentials), encodeCredentials(next))
    assert.equal(await store.setEnabled(alice, true), true)
    assert.equal((await store.find(alice))?.enabled, true)
    assert.equal(await store.remove(alice), true)
    assert.equal(await store.find(alice), undefined)
  })

  void test(`[${name}] an account that is to be removed is disabled`, async () => {
    const store = await open()
    await store.insert(alice, {})
    assert.equal(await store.retire(alice), true)
    assert.equal((await store.find(alice))?.enabled, false)
    assert.equal(await store.retire(alice), true)
    // It does not come back.
    assert.equal(await store.setEnabled(alice, true), false)
    assert.equal(await store.replace(alice, {}), false)
    assert.deepEqual(
      [await store.read(alice), await store.count({}), await store.count({ disabled: true })],
      [undefined, 0, 0],
    )
    assert.deepEqual(await store.list({ limit: 10 }), [])
  })

  void test(`[${name}] accounts are counted and listed, all of them or those that are disabled`, async () => {
    const store = await open()
    for (const jid of [alice, bob]) await store.insert(jid, {})
    await store.setEnabled(bob, false)
    assert.deepEqual([await store.count({}), await store.count({ disabled: true })], [2, 1])
    const disabled = await store.list({ limit: 10, disabled: true })
    assert.deepEqual(
      disabled.map(({ jid }) => jid),
      [bob],
    )
  })

  void test(`[${name}] the last login is noted`, async () => {
    const store = await open()
    for (const jid of [alice, carol]) await store.insert(jid, {})
    assert.equal((await store.read(alice))?.lastLogin, undefined)
    await store.loggedIn([alice])
    const first = (await store.read(alice))?.lastLogin
    assert.ok(first instanceof Date)
    await store.loggedIn([bob, alice, carol])
    assert.deepEqual((await store.read(alice))?.lastLogin, first)
    assert.ok((await store.read(carol))?.lastLogin instanceof Date)
    assert.equal(await store.read(bob), undefined)
  })

  void test(`[${name}] nothing is done to an account that is not there`, async () => {
    const store = await open()
    assert.equal(await store.replace(alice, {}), false)
    assert.equal(await store.setEnabled(alice, true), false)
    assert.equal(await store.remove(alice), false)
    assert.equal(await store.retire(alice), false)
    assert.deepEqual(await store.list({ limit: 10 }), [])
  })

  void test(`[${name}] pages hold every account once`, async () => {
    const store = await open()
    const jids = Array.from({ length: 7 }, (_, n) => parseBareJid(`user${n}@localhost`))
    for (const jid of jids) await store.insert(jid, {})
    const seen: BareJid[] = []
    for (let page = await store.list({ limit: 3 }); page.length > 0; ) {
      seen.push(...page.map((account) => account.jid))
      assert.ok(page.every(({ enabled, createdAt }) => enabled && createdAt instanceof Date))
      page = await store.list({ after: seen.at(-1), limit: 3 })
    }
    assert.deepEqual(seen.toSorted(), jids)
  })
}
