import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid, parseDomain } from '@jabiru/jid'
import { clientMechanism, encodeBase64, encodeCredentials } from '@jabiru/sasl'
import { alice, nobody, startHouse, stream, word, wrong } from './testing.ts'

for (const mechanism of stream.offered) {
  void test(`${mechanism}: a right password logs in, a wrong one does not`, async () => {
    await using house = await startHouse()
    assert.equal(word(await house.login(mechanism, alice)), 'alice@localhost')
    assert.equal(word(await house.login(mechanism, wrong)), 'not-authorized')
  })

  void test(`${mechanism}: a wrong password and an unknown user get the same words after the same work`, async () => {
    await using house = await startHouse()
    const cost = async (who: typeof wrong) => {
      const [derived, said] = [house.derivations(), house.traffic.length]
      const reply = await house.login(mechanism, who)
      return { reply, derived: house.derivations() - derived, messages: house.traffic.length - said }
    }
    assert.deepEqual(await cost(nobody), await cost(wrong))
  })
}

const patient = { max_attempts_per_account: 100, max_attempts_per_address: 100 }

void test('no SCRAM login costs the server a derivation; PLAIN costs one, right or wrong', async () => {
  await using house = await startHouse(patient)
  for (const mechanism of stream.offered.filter((name) => name !== 'PLAIN'))
    for (const who of [alice, nobody]) await house.login(mechanism, who)
  assert.equal(house.derivations(), 0)
  for (const who of [alice, wrong, nobody]) await house.login('PLAIN', who)
  assert.equal(house.derivations(), 3)
})

void test('no credential leaves the service', async () => {
  await using house = await startHouse()
  for (const mechanism of stream.offered) await house.login(mechanism, alice)
  const account = await house.parts.store.find(parseBareJid('alice@localhost'))
  assert.ok(account)
  const keys = Object.values(encodeCredentials(account.credentials)).flatMap((k) => [k.stored_key, k.server_key])
  assert.equal(keys.length, 6)
  for (const key of keys) for (const payload of house.traffic) assert.ok(!decoded(payload).includes(key), payload)
})

/** The payload and, decoded, the texts of the client and the server in it. */
const decoded = (payload: string): string =>
  payload + [...payload.matchAll(/"([A-Za-z0-9+/=]{8,})"/g)].map((m) => Buffer.from(m[1] ?? '', 'base64').toString())

/** The salt and iterations that a name is greeted with. */
async function greeting(house: Awaited<ReturnType<typeof startHouse>>, username: string) {
  const { data } = clientMechanism('SCRAM-SHA-256', { username, password: 'x' })
  const reply = await house.begin({ mechanism: 'SCRAM-SHA-256', initial: encodeBase64(data) })
  assert.equal(reply.step, 'challenge')
  const text = reply.step === 'challenge' ? Buffer.from(reply.data, 'base64').toString() : ''
  return text.slice(text.indexOf(',s='))
}

void test('an unknown name is greeted like a known one: the same salt each time, in every process, in every spelling', async () => {
  await using house = await startHouse()
  await using other = await startHouse({}, { instance: { id: 'auth-b', epoch: 2 } })
  const salt = await greeting(house, 'nobody')
  assert.equal(await greeting(house, 'nobody'), salt)
  assert.equal(await greeting(house, 'NoBody'), salt)
  assert.equal(await greeting(other, 'nobody'), salt)
  assert.notEqual(await greeting(house, 'somebody'), salt)
  const known = await greeting(house, 'alice')
  assert.equal(await greeting(house, 'alice'), known)
  assert.equal(known.length, salt.length)
  assert.equal(
    known.replace(/s=[^,]*/, ''),
    salt.replace(/s=[^,]*/, '').replace(/h=.*/, known.slice(known.indexOf('h='))),
  )
})

void test('RFC 6120 §6.5.2 a disabled account is told so to whoever knows its password, and to nobody else', async () => {
  await using house = await startHouse(patient)
  await house.auth.accounts.setEnabled('alice@localhost', false)
  assert.equal(word(await house.login('SCRAM-SHA-512', alice)), 'account-disabled')
  assert.equal(word(await house.login('SCRAM-SHA-512', wrong)), 'not-authorized')
  assert.equal(word(await house.login('PLAIN', alice)), 'account-disabled')
  assert.equal(word(await house.login('PLAIN', wrong)), 'not-authorized')
})

void test('an account without keys of the hash looks like one that is not there', async () => {
  await using house = await startHouse()
  const jid = parseBareJid('alice@localhost')
  const { 'SHA-256': keys } = (await house.parts.store.find(jid))?.credentials ?? {}
  assert.ok(keys)
  await house.parts.store.replace(jid, { 'SHA-256': keys })
  const said = house.traffic.length
  assert.equal(word(await house.login('SCRAM-SHA-512', alice)), 'not-authorized')
  assert.equal(house.traffic.length - said, 4)
  assert.equal(word(await house.login('SCRAM-SHA-256', alice)), 'alice@localhost')
  assert.equal(word(await house.login('PLAIN', alice)), 'alice@localhost')
})

/** A right first message of SCRAM with a long extension. */
const long = (length: number): string => btoa(`n,,n=alice,r=abc,x=${'x'.repeat(length)}`)

const firsts = [
  ['RFC 6120 §6.5.7 a mechanism that was not offered', 'DIGEST-MD5', 'AAAA', {}, 'invalid-mechanism'],
  ['RFC 6120 §6.5.4 PLAIN without TLS', 'PLAIN', 'AGFsaWNlAHNlY3JldA==', { secure: false }, 'encryption-required'],
  ['RFC 6120 §6.5.5 an initial response that is not base64', 'PLAIN', 'AGFsaWNl*', {}, 'incorrect-encoding'],
  ['RFC 6120 §13.9.1 a pad within base64', 'PLAIN', 'AGFs=WNl', {}, 'incorrect-encoding'],
  ['RFC 6120 §13.9.1 a pad before base64', 'PLAIN', '=AAA', {}, 'incorrect-encoding'],
  ['RFC 6120 §13.9.1 a pad in the middle of base64', 'PLAIN', 'BBBB=CCC', {}, 'incorrect-encoding'],
  ['RFC 6120 §13.9.1 a letter of the URL alphabet', 'PLAIN', 'AGFs_-Nl', {}, 'incorrect-encoding'],
  ['RFC 6120 §6.3.5 padding bits that are not zero', 'PLAIN', 'AGFsaWNlAHNlY3JldB==', {}, 'incorrect-encoding'],
  ['RFC 6120 §6.5.5 white space in base64', 'PLAIN', 'AGFs aWNl', {}, 'incorrect-encoding'],
  ['RFC 6120 §6.4.2 "=" is an empty initial response', 'PLAIN', '=', {}, 'malformed-request'],
  ['an initial response longer than any stanza', 'SCRAM-SHA-1', long(10_000), {}, 'malformed-request'],
  ['an initial response that fits into one', 'SCRAM-SHA-1', long(7000), {}, 'challenge'],
  ['the right thing', 'PLAIN', 'AGFsaWNlAHNlY3JldA==', {}, 'alice@localhost'],
] as const

for (const [title, mechanism, initial, over, expected] of firsts) {
  void test(title, async () => {
    await using house = await startHouse()
    const payload = JSON.stringify({ ...stream, mechanism, initial, ...over })
    assert.equal(word(await house.ask('v1.auth', payload)), expected)
  })
}

void test('RFC 4422 §3.3 without an initial response the server sends an empty challenge first', async () => {
  await using house = await startHouse()
  const reply = await house.begin({ mechanism: 'PLAIN', initial: null })
  assert.deepEqual([reply.step, reply.step === 'challenge' && reply.data], ['challenge', ''])
  assert.equal(word(await house.proceed(reply, { data: 'AGFsaWNlAHNlY3JldA==' })), 'alice@localhost')
})

void test('an account without any keys costs PLAIN what every account does', async () => {
  await using house = await startHouse()
  await house.parts.store.replace(parseBareJid('alice@localhost'), {})
  assert.equal(word(await house.login('PLAIN', alice)), 'not-authorized')
  assert.equal(house.derivations(), 1)
})

void test('an account of a domain that is not served does not log in', async () => {
  await using house = await startHouse()
  const account = await house.parts.store.find(parseBareJid('alice@localhost'))
  assert.ok(account)
  await house.parts.store.insert(parseBareJid('alice@example.net'), account.credentials)
  const domain = parseDomain('example.net')
  assert.equal(word(await house.login('PLAIN', alice, { domain })), 'not-authorized')
  assert.equal(word(await house.login('PLAIN', alice)), 'alice@localhost')
})
