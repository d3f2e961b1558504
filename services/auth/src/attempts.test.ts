import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAttempts } from './attempts.ts'

const alice = 'alice@localhost'

function attempts() {
  let now = 0
  const limits = {
    attempts_window_ms: 1000,
    max_attempts_per_account: 3,
    max_attempts_per_address: 5,
    max_tracked: 100,
  }
  return {
    ...createAttempts(limits, () => now),
    at: (time: number) => {
      now = time
    },
  }
}

const taken = (take: () => boolean, times: number): number => Array.from({ length: times }, take).filter(Boolean).length

void test('an account can be tried so often, from wherever', () => {
  const { take } = attempts()
  let n = 0
  assert.equal(
    taken(() => take({ account: alice, address: `192.0.2.${n++}` }), 10),
    3,
  )
  assert.ok(take({ account: 'bob@localhost', address: '192.0.2.1' }))
})

void test('an address can try so often, whomever', () => {
  const { take, addressBlocked } = attempts()
  let n = 0
  assert.equal(
    taken(() => take({ account: `user${n++}@localhost`, address: '192.0.2.1' }), 10),
    5,
  )
  assert.ok(addressBlocked('192.0.2.1'))
  assert.ok(!addressBlocked('192.0.2.2'))
})

void test('the addresses of one IPv6 network are one', () => {
  const { take } = attempts()
  let n = 0
  assert.equal(
    taken(() => take({ account: `user${n}@localhost`, address: `2001:db8::${++n}` }), 10),
    5,
  )
})

void test('what is refused does not count, so that the limit ends with its window', () => {
  const { take, at } = attempts()
  const attempt = { account: alice, address: '192.0.2.1' }
  taken(() => take(attempt), 100)
  at(2000)
  assert.ok(take(attempt))
})

void test('a right password is no guess', () => {
  const { take, giveBack } = attempts()
  const attempt = { account: alice, address: '192.0.2.1' }
  const right = () => {
    const may = take(attempt)
    giveBack(attempt)
    return may
  }
  assert.equal(taken(right, 10), 10)
})

void test('nobody locks an owner out of where they logged in before', () => {
  const { take, succeeded } = attempts()
  const home = { account: alice, address: '198.51.100.1' }
  succeeded(home)
  let n = 0
  taken(() => take({ account: alice, address: `192.0.2.${n++}` }), 10)
  assert.ok(!take({ account: alice, address: '192.0.2.99' }))
  assert.ok(take(home))
})

void test('there the limit of the address still holds', () => {
  const { take, succeeded } = attempts()
  const home = { account: alice, address: '198.51.100.1' }
  succeeded(home)
  assert.equal(
    taken(() => take(home), 10),
    5,
  )
})

void test('a login says nothing for other accounts or other addresses', () => {
  const { take, succeeded } = attempts()
  succeeded({ account: 'mallory@localhost', address: '192.0.2.1' })
  assert.equal(
    taken(() => take({ account: alice, address: '192.0.2.1' }), 10),
    3,
  )
})
