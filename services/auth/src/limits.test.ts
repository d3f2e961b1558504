import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientMechanism, encodeBase64 } from '@jabiru/sasl'
import { memoryAccounts } from './store/memory.ts'
import { alice, nobody, startHouse, word, wrong } from './testing.ts'

/** The first step of SCRAM: where a client leaves its login waiting. */
const half = { mechanism: 'SCRAM-SHA-1', initial: encodeBase64(clientMechanism('SCRAM-SHA-1', alice).data) }
const [here, there] = [{ address: '192.0.2.1' }, { address: '198.51.100.1' }]

for (const mechanism of ['SCRAM-SHA-256', 'PLAIN']) {
  for (const [what, who] of [
    ['an account', wrong],
    ['a name that is not there', nobody],
  ] as const) {
    void test(`${mechanism}: after so many wrong passwords ${what} is told to come later, from wherever`, async () => {
      await using house = await startHouse()
      const words = []
      for (let n = 0; n < 4; n++) words.push(word(await house.login(mechanism, who, { address: `192.0.2.${n}` })))
      assert.deepEqual(words, ['not-authorized', 'not-authorized', 'not-authorized', 'temporary-auth-failure'])
    })
  }

  void test(`${mechanism}: past the limit the right password is not told from a wrong one, until the window is over`, async () => {
    await using house = await startHouse()
    for (let n = 0; n < 3; n++) await house.login(mechanism, wrong, here)
    assert.equal(word(await house.login(mechanism, alice, there)), 'temporary-auth-failure')
    house.at(20_000)
    assert.equal(word(await house.login(mechanism, alice, there)), 'alice@localhost')
  })

  void test(`${mechanism}: who logged in from an address is not locked out there by others`, async () => {
    await using house = await startHouse()
    await house.login(mechanism, alice, there)
    for (let n = 0; n < 4; n++) await house.login(mechanism, wrong, here)
    assert.equal(word(await house.login(mechanism, alice, there)), 'alice@localhost')
  })

  void test(`${mechanism}: an address that guesses at many accounts is told to come later`, async () => {
    await using house = await startHouse()
    const words = []
    for (let n = 0; n < 9; n++)
      words.push(word(await house.login(mechanism, { username: `user${n}`, password: 'x' }, here)))
    assert.deepEqual([words.slice(0, 8), words[8]], [Array(8).fill('not-authorized'), 'temporary-auth-failure'])
  })

  void test(`${mechanism}: right passwords count for nothing`, async () => {
    await using house = await startHouse()
    for (let n = 0; n < 12; n++) assert.equal(word(await house.login(mechanism, alice, here)), 'alice@localhost')
  })
}

void test('past the limit of an account SCRAM ends at its first step, before the account is read', async () => {
  const store = memoryAccounts(() => new Date(0))
  let reads = 0
  const find: typeof store.find = (jid) => {
    reads++
    return store.find(jid)
  }
  await using house = await startHouse({}, { store: { ...store, find } })
  for (let n = 0; n < 3; n++) await house.login('SCRAM-SHA-1', wrong, here)
  assert.equal(reads, 3)
  assert.equal(word(await house.begin({ ...half, ...there })), 'temporary-auth-failure')
  assert.equal(reads, 3)
})

void test('an address past its limit begins nothing', async () => {
  await using house = await startHouse()
  for (let n = 0; n < 8; n++) await house.login('SCRAM-SHA-1', { username: `user${n}`, password: 'x' }, here)
  assert.equal(word(await house.begin({ mechanism: 'SCRAM-SHA-1', initial: null, ...here })), 'temporary-auth-failure')
  assert.equal(word(await house.begin({ mechanism: 'SCRAM-SHA-1', initial: null, ...there })), 'challenge')
})

void test('past the limit PLAIN costs no derivation', async () => {
  await using house = await startHouse()
  for (let n = 0; n < 10; n++) await house.login('PLAIN', wrong, here)
  assert.equal(house.derivations(), 3)
})

void test('guesses side by side do not outrun the limit', async () => {
  await using house = await startHouse()
  const words = await Promise.all(Array.from({ length: 8 }, () => house.login('SCRAM-SHA-1', wrong, here)))
  assert.equal(words.map(word).filter((said) => said === 'not-authorized').length, 3)
})

void test('right proofs that come together are not taken for guesses', async () => {
  await using house = await startHouse()
  const ready = []
  for (let n = 0; n < 8; n++) {
    const client = clientMechanism('SCRAM-SHA-1', alice)
    const reply = await house.begin({ ...here, mechanism: 'SCRAM-SHA-1', initial: encodeBase64(client.data) })
    const { data } = await client.next(Buffer.from(reply.step === 'challenge' ? reply.data : '', 'base64'))
    ready.push(() => house.proceed(reply, { data: encodeBase64(data) }))
  }
  const words = (await Promise.all(ready.map((proves) => proves()))).map(word)
  assert.deepEqual(words, Array(8).fill('alice@localhost'))
})

void test('a login that takes too long is forgotten', async () => {
  await using house = await startHouse()
  const client = clientMechanism('SCRAM-SHA-1', alice)
  const reply = await house.begin({ mechanism: 'SCRAM-SHA-1', initial: encodeBase64(client.data) })
  assert.equal(reply.step, 'challenge')
  const next = await client.next(Buffer.from(reply.step === 'challenge' ? reply.data : '', 'base64'))
  house.at(1000)
  assert.equal(word(await house.proceed(reply, { data: encodeBase64(next.data) })), 'temporary-auth-failure')
})

void test('a message of the client is taken once', async () => {
  await using house = await startHouse()
  const client = clientMechanism('SCRAM-SHA-1', alice)
  const reply = await house.begin({ mechanism: 'SCRAM-SHA-1', initial: encodeBase64(client.data) })
  const next = await client.next(Buffer.from(reply.step === 'challenge' ? reply.data : '', 'base64'))
  assert.equal(word(await house.proceed(reply, { data: encodeBase64(next.data) })), 'alice@localhost')
  assert.equal(word(await house.proceed(reply, { data: encodeBase64(next.data) })), 'temporary-auth-failure')
})

void test('RFC 6120 §6.4.4 an aborted login is over', async () => {
  await using house = await startHouse()
  const reply = await house.begin(half)
  assert.equal(word(await house.proceed(reply, { abort: true })), 'aborted')
  assert.equal(word(await house.proceed(reply, { abort: true })), 'aborted')
  assert.equal(word(await house.proceed(reply, { data: 'AAAA' })), 'temporary-auth-failure')
})

void test('logins under way are bounded per address and in all, and come free by abort and by time', async () => {
  await using house = await startHouse()
  const from = async (address: string, times: number) => {
    const replies = []
    for (let n = 0; n < times; n++) replies.push(await house.begin({ ...half, address }))
    return replies
  }
  const words = (await from('192.0.2.1', 11)).map(word)
  assert.deepEqual([words[9], words[10]], ['challenge', 'temporary-auth-failure'])
  const second = await from('192.0.2.2', 10)
  assert.equal(word(await house.begin({ ...half, address: '192.0.2.3' })), 'temporary-auth-failure')
  await house.proceed(second[0] ?? { step: 'failure', condition: 'aborted' }, { abort: true })
  assert.equal(word(await house.begin({ ...half, address: '192.0.2.3' })), 'challenge')
  house.at(1000)
  assert.equal(word(await house.begin({ ...half, address: '192.0.2.1' })), 'challenge')
})

void test('a login that ended, however it ended, leaves its place', async () => {
  await using house = await startHouse({
    max_exchanges: 1,
    max_attempts_per_account: 100,
    max_attempts_per_address: 100,
  })
  await house.login('SCRAM-SHA-1', wrong)
  await house.login('PLAIN', alice)
  await house.begin({ mechanism: 'PLAIN', initial: '!' })
  await house.begin({ mechanism: 'X', initial: null })
  assert.equal(word(await house.login('SCRAM-SHA-1', alice)), 'alice@localhost')
})

void test('more PLAIN logins than may wait are told to come later, and count as no guesses', async () => {
  const ends: (() => void)[] = []
  const derive = () => new Promise<Uint8Array>((resolve) => ends.push(() => resolve(new Uint8Array(64))))
  const limits = { max_derivations: 1, max_waiting_derivations: 1, max_attempts_per_account: 1 }
  await using house = await startHouse(limits, { derive })
  const [one, two, three] = ['user1', 'user2', 'user3'].map((username) => ({ username, password: 'x' }))
  assert.ok(one && two && three)
  const logins = [house.login('PLAIN', one), house.login('PLAIN', two)]
  assert.equal(word(await house.login('PLAIN', three)), 'temporary-auth-failure')
  ends.shift()?.()
  await Promise.race(logins)
  ends.shift()?.()
  assert.deepEqual((await Promise.all(logins)).map(word), ['not-authorized', 'not-authorized'])
  const again = [house.login('PLAIN', three), house.login('PLAIN', one)]
  assert.equal(word(await Promise.race(again)), 'temporary-auth-failure')
  ends.shift()?.()
  assert.deepEqual((await Promise.all(again)).map(word), ['not-authorized', 'temporary-auth-failure'])
})
