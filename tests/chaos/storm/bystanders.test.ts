import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Embedded, startEmbedded } from '@jabiru/testkit'
import { type Bystanders, startBystanders } from './bystanders.ts'

const accounts = ['b0', 'b1', 'b2']
const password = 'chaos'

let house: Embedded

before(async () => {
  house = await startEmbedded()
  for (const account of accounts) await house.addUser(account, password)
})

after(() => house.kill())

function come(over: { readonly password?: string } = {}): Promise<Bystanders> {
  const { domain, c2s, ca } = house
  return startBystanders({ house: { domain, c2s, ca }, accounts, password, ...over })
}

void test('bystanders write to each other, and give figures when all is read', async () => {
  await using bystanders = await come()
  await bystanders.mark()
  await bystanders.talk()
  const { messages, message_ms_p50, message_ms_p99 } = await bystanders.end()
  assert.ok(messages >= accounts.length)
  assert.ok(message_ms_p50 <= message_ms_p99)
})

void test('a bystander who is not let in says why', async () => {
  await assert.rejects(come({ password: 'wrong' }), /LoginRefused.*not-authorized/)
})

void test('a bystander who is cut off gives no figures', async () => {
  await using bystanders = await come()
  await bystanders.talk()
  await house.kill()
  await assert.rejects(bystanders.end(), /the connection is closed/)
})
