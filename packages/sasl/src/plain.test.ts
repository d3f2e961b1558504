import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDomain } from '@jabiru/jid'
import { decoyCredentials, deriveCredentials } from './credentials.ts'
import { encodeUtf8 } from './encoding.ts'
import { type Derivation, saltPassword } from './hash.ts'
import { drive, serverMechanism } from './server.ts'
import type { Principal, ServerContext } from './step.ts'

const context: ServerContext = {
  domain: parseDomain('example.net'),
  offered: ['SCRAM-SHA-512', 'PLAIN'],
  secure: true,
  bindings: new Map(),
  nonce: () => 'unused',
}

const secret = encodeUtf8('a secret of the house')
const known: Principal = { standing: 'known', credentials: await deriveCredentials('pencil', { iterations: 4096 }) }
const unknown: Principal = { standing: 'unknown', credentials: decoyCredentials(secret, 'nobody', 4096) }

/** Outcome of one PLAIN message, and the derivations it cost. */
async function plain(message: string | Uint8Array, principal = known, on = context) {
  const start = serverMechanism('PLAIN', on)
  const first =
    start.kind === 'challenge' ? start.next(typeof message === 'string' ? encodeUtf8(message) : message) : start
  const derivations: Derivation[] = []
  const end = await drive(first, {
    lookup: (step) => Promise.resolve(step.next(principal)),
    derive: async (step) => {
      derivations.push(step.derivation)
      return step.next(await saltPassword(step.derivation))
    },
  })
  const outcome = end.kind === 'failure' ? end.condition : end.kind === 'success' ? end.account : end.kind
  return { outcome, derivations }
}

const rows: readonly (readonly [string, string | Uint8Array, string])[] = [
  ['RFC 4616 §2 user and password', '\0user\0pencil', 'user@example.net'],
  ['RFC 6120 §6.3.8 the authorization identity is the account', 'user@example.net\0user\0pencil', 'user@example.net'],
  ['RFC 6120 §6.3.8 the authorization identity is somebody else', 'admin@example.net\0user\0pencil', 'invalid-authzid'],
  ['RFC 6120 §6.3.8 the authorization identity is a bare name', 'user\0user\0pencil', 'invalid-authzid'],
  ['a wrong password', '\0user\0pencils', 'not-authorized'],
  ['RFC 4616 §2 no NUL', 'user pencil', 'malformed-request'],
  ['RFC 4616 §2 one NUL', 'user\0pencil', 'malformed-request'],
  ['RFC 4616 §2 three NULs', '\0user\0pencil\0', 'malformed-request'],
  ['RFC 4616 §2 a NUL in the password', '\0user\0pen\0cil', 'malformed-request'],
  ['RFC 4616 §2 no name', '\0\0pencil', 'malformed-request'],
  ['RFC 4616 §2 no password', '\0user\0', 'malformed-request'],
  ['RFC 4616 §2 nothing at all', '', 'malformed-request'],
  ['RFC 3629 §3 an overlong NUL', Uint8Array.from([0, 0x75, 0xc0, 0x80, 0, 0x70]), 'malformed-request'],
  ['RFC 3629 §3 half of a surrogate pair', Uint8Array.from([0, 0x75, 0, 0xed, 0xa0, 0x80]), 'malformed-request'],
  ['RFC 4616 §2 UTF-16 in place of UTF-8', Buffer.from('\0user\0pencil', 'utf16le'), 'malformed-request'],
  ['a byte order mark is not dropped', '\0user\0\ufeffpencil', 'not-authorized'],
  ['a byte order mark before the message is not dropped either', '\ufeff\0user\0pencil', 'invalid-authzid'],
  ['a password longer than any taken', `\0user\0${'x'.repeat(1024)}`, 'malformed-request'],
  ['a name longer than any taken', `\0${'x'.repeat(1024)}\0pencil`, 'malformed-request'],
]

for (const [title, message, expected] of rows)
  void test(`PLAIN: ${title}`, async () => assert.equal((await plain(message)).outcome, expected))

void test('RFC 6120 §6.5.4 PLAIN without TLS is refused before anything is read', async () => {
  assert.equal((await plain('\0user\0pencil', known, { ...context, secure: false })).outcome, 'encryption-required')
})

void test('RFC 6120 §6.5.7 PLAIN that was not offered does not exist', async () => {
  assert.equal(
    (await plain('\0user\0pencil', known, { ...context, offered: ['SCRAM-SHA-1'] })).outcome,
    'invalid-mechanism',
  )
})

void test('RFC 8265 §4.2.2 one password in two spellings is one password', async () => {
  const principal: Principal = {
    standing: 'known',
    credentials: await deriveCredentials('caf\u00e9', { iterations: 4096 }),
  }
  assert.equal((await plain('\0user\0cafe\u0301', principal)).outcome, 'user@example.net')
})

void test('a wrong password, an unknown user and a disabled account cost the same and sound the same', async () => {
  const disabled: Principal = { ...known, standing: 'disabled' }
  const answers = await Promise.all([known, disabled, unknown].map((principal) => plain('\0user\0wrong', principal)))
  for (const { outcome, derivations } of answers) {
    assert.equal(outcome, 'not-authorized')
    assert.deepEqual(
      derivations.map(({ hash, iterations, salt }) => [hash, iterations, salt.length]),
      [['SHA-512', 4096, 16]],
    )
  }
})

void test('RFC 6120 §6.5.2 a disabled account is told so to whoever knows its password', async () => {
  assert.equal((await plain('\0user\0pencil', { ...known, standing: 'disabled' })).outcome, 'account-disabled')
})

void test('a name that no account can have costs a derivation too', async () => {
  const { outcome, derivations } = await plain('\0us er\0pencil', unknown)
  assert.deepEqual([outcome, derivations.length], ['not-authorized', 1])
})

void test('keys of the strongest hash an account has are taken', async () => {
  const { 'SHA-1': sha1 } = known.credentials
  assert.ok(sha1)
  const { outcome, derivations } = await plain('\0user\0pencil', { standing: 'known', credentials: { 'SHA-1': sha1 } })
  assert.deepEqual([outcome, derivations[0]?.hash], ['user@example.net', 'SHA-1'])
})
