import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid } from '@jabiru/jid'
import { StoreUnavailable } from '@jabiru/store'
import {
  type AccountQuestion,
  type AccountRequest,
  decodeAccountAnswer,
  decodeAccountReply,
  encodeAccountQuestion,
  encodeAccountRequest,
  subjects,
} from '@jabiru/wire'
import { memoryAccounts } from './store/memory.ts'
import { alice, startHouse, word } from './testing.ts'

const account = parseBareJid('alice@localhost')
type House = Awaited<ReturnType<typeof startHouse>>

const ask = async ({ bus }: House, request: AccountRequest) =>
  decodeAccountReply(await bus.request(subjects.accounts, encodeAccountRequest(request), { timeoutMs: 10_000 }))

test('XEP-0077 §3.3 a new password is the only one from then on', async () => {
  await using house = await startHouse()
  assert.equal(await ask(house, { do: 'password', account, password: 'new secret' }), 'done')
  assert.equal(word(await house.login('SCRAM-SHA-256', alice)), 'not-authorized')
  const changed = { ...alice, password: 'new secret' }
  assert.equal(word(await house.login('SCRAM-SHA-256', changed)), account)
})

test('XEP-0077 §3.3 what no password can be leaves the old one', async () => {
  await using house = await startHouse()
  for (const password of ['', 'a\u0000b'])
    assert.equal(await ask(house, { do: 'password', account, password }), 'unusable')
  assert.equal(word(await house.login('SCRAM-SHA-256', alice)), account)
})

test('XEP-0077 §3.2 nobody logs in to an account that is to be removed', async () => {
  await using house = await startHouse()
  assert.equal(await ask(house, { do: 'remove', account }), 'done')
  assert.equal(word(await house.login('SCRAM-SHA-256', alice)), 'account-disabled')
})

test('what is not there is not changed', async () => {
  await using house = await startHouse()
  const nobody = parseBareJid('nobody@localhost')
  assert.equal(await ask(house, { do: 'remove', account: nobody }), 'gone')
  assert.equal(await ask(house, { do: 'password', account: nobody, password: 'x' }), 'gone')
})

test('while the database is away nothing is done, and it is said so', async () => {
  const store = memoryAccounts(() => new Date(0))
  await using house = await startHouse(
    {},
    { store: { ...store, retire: () => Promise.reject(new StoreUnavailable('x')) } },
  )
  assert.equal(await ask(house, { do: 'remove', account }), 'failed')
  assert.equal(house.faults.length, 1)
})

test('XEP-0133 §4.1 an account is added, once, where it can live', async () => {
  await using house = await startHouse()
  const add = (jid: string, password = 'a secret') => ask(house, { do: 'add', account: parseBareJid(jid), password })
  assert.equal(await add('carol@localhost'), 'done')
  assert.equal(word(await house.login('SCRAM-SHA-256', { username: 'carol', password: 'a secret' })), 'carol@localhost')
  assert.equal(await add('carol@localhost'), 'exists')
  assert.equal(await add('carol@elsewhere.lit'), 'foreign')
  assert.equal(await add('dave@localhost', ''), 'unusable')
})

test('XEP-0133 §4.3 nobody logs in to a disabled account, and §4.4 somebody does again', async () => {
  await using house = await startHouse()
  assert.equal(await ask(house, { do: 'disable', account }), 'done')
  assert.equal(word(await house.login('SCRAM-SHA-256', alice)), 'account-disabled')
  assert.equal(await ask(house, { do: 'enable', account }), 'done')
  assert.equal(word(await house.login('SCRAM-SHA-256', alice)), account)
  assert.equal(await ask(house, { do: 'remove', account }), 'done')
  assert.equal(await ask(house, { do: 'enable', account }), 'gone')
})

const question = async ({ bus }: House, asked: AccountQuestion) =>
  decodeAccountAnswer(await bus.request(subjects.accountQuestions, encodeAccountQuestion(asked), { timeoutMs: 10_000 }))

test('XEP-0133 §4.9 what is asked about an account, and §4.13 how many there are', async () => {
  await using house = await startHouse()
  assert.deepEqual(await question(house, { about: account }), { account: { enabled: true } })
  await house.login('SCRAM-SHA-256', alice)
  assert.deepEqual(await question(house, { about: account }), { account: { enabled: true, lastLogin: 0 } })
  assert.deepEqual(await question(house, { about: parseBareJid('nobody@localhost') }), { account: null })
  assert.deepEqual(await question(house, { of: 'all', most: 1 }), { count: 2, accounts: [account] })
  assert.deepEqual(await question(house, { of: 'disabled', most: 9 }), { count: 0, accounts: [] })
})

test('what cannot be looked up has failed', async () => {
  const store = memoryAccounts(() => new Date(0))
  const down = { ...store, count: () => Promise.reject(new StoreUnavailable('x')) }
  await using house = await startHouse({}, { store: down })
  assert.equal(await question(house, { of: 'all', most: 1 }), 'failed')
  assert.equal(house.faults.length, 1)
})
