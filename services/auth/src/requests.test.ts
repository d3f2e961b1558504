import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid } from '@jabiru/jid'
import { StoreUnavailable } from '@jabiru/store'
import { type AccountRequest, decodeAccountReply, encodeAccountRequest, subjects } from '@jabiru/wire'
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
