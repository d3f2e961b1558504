import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JidError } from '@jabiru/jid'
import {
  CredentialsCorrupt,
  decodeCredentials,
  decoyCredentials,
  deriveCredentials,
  encodeCredentials,
} from './credentials.ts'
import { encodeUtf8 } from './encoding.ts'
import { hashLength, scramHashes } from './hash.ts'

const secret = encodeUtf8('a secret of the house')

void test('RFC 5803 keys of every hash are kept, each with a salt of its own, and no password', async () => {
  const credentials = await deriveCredentials('pencil', { iterations: 4096 })
  const salts = scramHashes.map((hash) => Buffer.from(credentials[hash]?.salt ?? []).toString('hex'))
  assert.equal(new Set(salts).size, 3)
  assert.ok(salts.every((salt) => salt.length === 32))
  assert.ok(!JSON.stringify(encodeCredentials(credentials)).includes('pencil'))
})

void test('the same password twice leaves different credentials', async () => {
  const [a, b] = await Promise.all([
    deriveCredentials('pencil', { iterations: 4096 }),
    deriveCredentials('pencil', { iterations: 4096 }),
  ])
  assert.notDeepEqual(a, b)
})

void test('10,000 rounds unless told otherwise', async () => {
  const credentials = await deriveCredentials('pencil')
  assert.deepEqual(
    scramHashes.map((hash) => credentials[hash]?.iterations),
    [10_000, 10_000, 10_000],
  )
})

void test('RFC 8265 §4.2.2 a password that cannot be prepared is refused', async () => {
  await assert.rejects(deriveCredentials(''), JidError)
  await assert.rejects(deriveCredentials('pen\u0007cil'), JidError)
})

void test('credentials come back from their JSON as they went', async () => {
  const credentials = await deriveCredentials('pencil', { iterations: 4096 })
  const back = decodeCredentials(JSON.parse(JSON.stringify(encodeCredentials(credentials))))
  assert.deepEqual(encodeCredentials(back), encodeCredentials(credentials))
})

const keys = {
  salt: 'AAAA',
  iterations: 4096,
  stored_key: Buffer.alloc(20).toString('base64'),
  server_key: Buffer.alloc(20).toString('base64'),
}
const corrupt: readonly (readonly [string, unknown])[] = [
  ['no object', 'x'],
  ['a list', []],
  ['keys that are no object', { 'SHA-1': 'x' }],
  ['a salt that is not base64', { 'SHA-1': { ...keys, salt: '!' } }],
  ['an empty salt', { 'SHA-1': { ...keys, salt: '' } }],
  ['iterations as text', { 'SHA-1': { ...keys, iterations: '4096' } }],
  ['no iterations', { 'SHA-1': { ...keys, iterations: 0 } }],
  ['a key of another length', { 'SHA-1': { ...keys, stored_key: 'AAAA' } }],
]
for (const [what, json] of corrupt)
  void test(`credentials that cannot be read: ${what}`, () =>
    assert.throws(() => decodeCredentials(json), CredentialsCorrupt))

void test('keys of a hash that is not known here are left out', () => {
  assert.deepEqual(Object.keys(decodeCredentials({ 'SHA-1': keys, 'SHA3-512': {} })), ['SHA-1'])
})

void test('decoys are the same for the same name and differ by name, secret, hash and use', () => {
  const decoy = (name: string, key = secret) => encodeCredentials(decoyCredentials(key, name, 10_000))
  assert.deepEqual(decoy('nobody'), decoy('nobody'))
  const texts = [decoy('nobody'), decoy('somebody'), decoy('nobody', encodeUtf8('another'))].flatMap((json) =>
    Object.values(json).flatMap((keys) => [keys.salt, keys.stored_key, keys.server_key]),
  )
  assert.equal(new Set(texts).size, 3 * 3 * 3)
})

void test('decoys have the shape of what is derived', async () => {
  const real = await deriveCredentials('pencil', { iterations: 4096 })
  const decoy = decoyCredentials(secret, 'nobody', 4096)
  for (const hash of scramHashes) {
    assert.equal(decoy[hash]?.salt.length, real[hash]?.salt.length)
    assert.equal(decoy[hash]?.iterations, real[hash]?.iterations)
    assert.equal(decoy[hash]?.storedKey.length, hashLength[hash])
    assert.equal(decoy[hash]?.serverKey.length, hashLength[hash])
  }
})
