import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NobodyListens } from '@jabiru/bus'
import { StoreUnavailable } from '@jabiru/store'
import { createAuth } from './service.ts'
import { memoryAccounts } from './store/memory.ts'
import { alice, config, startHouse, word } from './testing.ts'

void test('two auth processes share the first steps, and each keeps the exchange it began', async () => {
  await using house = await startHouse()
  await using second = createAuth(config, { ...house.parts, instance: { id: 'auth-b', epoch: 2 } })
  assert.ok(second.accounts)
  for (let n = 0; n < 4; n++) assert.equal(word(await house.login('SCRAM-SHA-256', alice)), 'alice@localhost')
  const holders = house.traffic.flatMap((payload) => /"reply_to":"([^"]+)"/.exec(payload)?.[1] ?? [])
  assert.deepEqual(new Set(holders), new Set(['v1.auth.auth-a.1', 'v1.auth.auth-b.2']))
})

void test('a database that cannot answer is a temporary failure, told to us and not to the client', async () => {
  const store = {
    ...memoryAccounts(() => new Date(0)),
    find: () => Promise.reject(new StoreUnavailable('connection refused at 10.0.0.1')),
  }
  await using house = await startHouse({ max_exchanges: 1 }, { store })
  for (const mechanism of ['PLAIN', 'SCRAM-SHA-256'])
    assert.deepEqual(await house.login(mechanism, alice), { step: 'failure', condition: 'temporary-auth-failure' })
  assert.equal(house.faults.filter((fault) => fault instanceof StoreUnavailable).length, 2)
})

void test('what cannot be read from the bus is answered and reported', async () => {
  await using house = await startHouse()
  for (const subject of ['v1.auth', 'v1.auth.auth-a.1'])
    assert.equal(word(await house.ask(subject, '{}')), 'temporary-auth-failure')
  assert.equal(house.faults.length, 2)
})

void test('leaving: what runs is answered, and nobody listens any more', async () => {
  const ends: (() => void)[] = []
  const { promise: began, resolve: begin } = Promise.withResolvers<undefined>()
  const derive = () =>
    new Promise<Uint8Array>((resolve) => {
      ends.push(() => resolve(new Uint8Array(64)))
      begin(undefined)
    })
  const house = await startHouse({}, { derive })
  const running = house.login('PLAIN', alice)
  await began
  let gone = false
  const left = house.auth[Symbol.asyncDispose]().then(() => {
    gone = true
  })
  await assert.rejects(house.login('PLAIN', alice), NobodyListens)
  house.bus.subscribe('fence', ({ respond }) => respond?.(''))
  await house.bus.request('fence', '', { timeoutMs: 10_000 })
  assert.ok(!gone)
  ends[0]?.()
  await left
  assert.equal(word(await running), 'not-authorized')
  await house.bus.close()
})

void test('a secret that can be guessed is refused', async () => {
  await using house = await startHouse()
  assert.throws(() => createAuth(config, { ...house.parts, secret: new Uint8Array(31) }), RangeError)
})
