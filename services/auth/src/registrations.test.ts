import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid } from '@jabiru/jid'
import { type AccountReply, decodeAccountReply, encodeAccountRequest, subjects } from '@jabiru/wire'
import { startHouse, word } from './testing.ts'

type House = Awaited<ReturnType<typeof startHouse>>

const register = async (
  { bus }: House,
  name: string,
  { password = 'long enough', address = '192.0.2.1' } = {},
): Promise<AccountReply> => {
  const request = { do: 'register', account: parseBareJid(`${name}@localhost`), password, address } as const
  return decodeAccountReply(await bus.request(subjects.accounts, encodeAccountRequest(request), { timeoutMs: 10_000 }))
}

test('XEP-0077 §3.1 an account is made, and is logged in to', async () => {
  await using house = await startHouse()
  assert.equal(await register(house, 'bill'), 'done')
  assert.equal(
    word(await house.login('SCRAM-SHA-256', { username: 'bill', password: 'long enough' })),
    'bill@localhost',
  )
  assert.equal(await register(house, 'bill', { password: 'another one' }), 'exists')
  assert.equal(
    word(await house.login('SCRAM-SHA-256', { username: 'bill', password: 'long enough' })),
    'bill@localhost',
  )
})

test('nobody takes the name of an administrator', async () => {
  await using house = await startHouse()
  assert.equal(await register(house, 'admin'), 'exists')
})

test('a password is as long as the operator has it, in characters', async () => {
  await using house = await startHouse({ registration_password_min: 4 })
  for (const password of ['', 'abc', '😀😀😀']) assert.equal(await register(house, 'bill', { password }), 'unusable')
  assert.equal(await register(house, 'bill', { password: 'a\u0000bcd' }), 'unusable')
  assert.equal(await register(house, 'bill', { password: '😀😀😀😀' }), 'done')
})

test('XEP-0077 §3.1.1 one address has so many tries in an hour, those that fail among them', async () => {
  await using house = await startHouse({ registrations_per_address: 3 })
  for (const [name, reply] of [
    ['alice', 'exists'],
    ['admin', 'exists'],
    ['bill', 'done'],
    ['carl', 'limited'],
    // Nobody learns any more what is taken.
    ['alice', 'limited'],
  ] as const)
    assert.equal(await register(house, name), reply, name)
  assert.equal(await register(house, 'carl', { address: '192.0.2.2' }), 'done')
  house.at(2 * 60 * 60_000)
  assert.equal(await register(house, 'dave'), 'done')
})

test('tries side by side do not outrun the limit', async () => {
  await using house = await startHouse({ registrations_per_address: 2 })
  const replies = await Promise.all(['a', 'b', 'c', 'd'].map((name) => register(house, name)))
  assert.deepEqual(replies.toSorted(), ['done', 'done', 'limited', 'limited'])
})

test('an IPv6 address counts as its /64, and all addresses together have a limit for a minute', async () => {
  await using house = await startHouse({ registrations_per_address: 1, registrations_per_minute: 2 })
  assert.equal(await register(house, 'a', { address: '2001:db8::1' }), 'done')
  assert.equal(await register(house, 'b', { address: '2001:db8::2' }), 'limited')
  assert.equal(await register(house, 'b', { address: '2001:db8:1::2' }), 'done')
  assert.equal(await register(house, 'c', { address: '2001:db8:2::2' }), 'limited')
  house.at(2 * 60_000)
  assert.equal(await register(house, 'c', { address: '2001:db8:2::2' }), 'done')
})
