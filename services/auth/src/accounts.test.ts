import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JidError, parseBareJid, parseDomain } from '@jabiru/jid'
import { AccountExists, createAccounts, DomainNotServed, NoSuchAccount } from './accounts.ts'
import { memoryAccounts } from './store/memory.ts'

const alice = parseBareJid('alice@localhost')

function accounts() {
  const store = memoryAccounts(() => new Date(0))
  return { store, ...createAccounts({ domains: [parseDomain('localhost')], scram_iterations: 4096 }, store) }
}

void test('RFC 6120 §C an account is added under its canonical name, with keys of the configured rounds', async () => {
  const { add, store } = accounts()
  assert.equal(await add('Alice@LOCALHOST', 'secret'), alice)
  assert.equal((await store.find(alice))?.credentials['SHA-256']?.iterations, 4096)
})

void test('a name that is there is not added again, in whatever spelling', async () => {
  const { add } = accounts()
  await add('alice@localhost', 'secret')
  await assert.rejects(add('ALICE@localhost', 'other'), AccountExists)
})

void test('a new password replaces the keys of every hash', async () => {
  const { add, passwd, store } = accounts()
  await add('alice@localhost', 'secret')
  const before = await store.find(alice)
  await passwd('alice@localhost', 'secret')
  const after = await store.find(alice)
  for (const hash of ['SHA-1', 'SHA-256', 'SHA-512'] as const)
    assert.notDeepEqual(after?.credentials[hash], before?.credentials[hash])
})

void test('what is not there is neither changed nor removed', async () => {
  const { passwd, remove, setEnabled } = accounts()
  await assert.rejects(passwd('alice@localhost', 'secret'), NoSuchAccount)
  await assert.rejects(remove('alice@localhost'), NoSuchAccount)
  await assert.rejects(setEnabled('alice@localhost', false), NoSuchAccount)
})

void test('accounts are listed, disabled and removed', async () => {
  const { add, list, remove, setEnabled } = accounts()
  await add('alice@localhost', 'secret')
  await setEnabled('alice@localhost', false)
  assert.deepEqual(await list(), [{ jid: alice, enabled: false, createdAt: new Date(0) }])
  await remove('alice@localhost')
  assert.deepEqual(await list(), [])
})

const refused = [
  ['another domain', 'alice@example.net', 'secret', DomainNotServed],
  ['a subdomain', 'alice@conference.localhost', 'secret', DomainNotServed],
  ['a domain alone', 'localhost', 'secret', JidError],
  ['a resource', 'alice@localhost/phone', 'secret', JidError],
  ['no name', '@localhost', 'secret', JidError],
  ['a space in the name', 'al ice@localhost', 'secret', JidError],
  ['no password', 'alice@localhost', '', JidError],
  ['a control character in the password', 'alice@localhost', 'a\u0000b', JidError],
] as const

for (const [what, jid, password, fault] of refused) {
  void test(`refused: ${what}`, async () => {
    const { add, list } = accounts()
    await assert.rejects(add(jid, password), fault)
    assert.deepEqual(await list(), [])
  })
}
