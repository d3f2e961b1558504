import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeUtf8 } from './encoding.ts'
import { serverMechanism } from './server.ts'
import type { Principal, ServerContext } from './step.ts'
import { bound, heard, pencil, plain, says } from './testing.ts'

const firsts: readonly (readonly [string, ServerContext, string, string, string])[] = [
  [
    'RFC 4422 §3.3 the mechanism opens with an empty challenge',
    plain,
    'SCRAM-SHA-256',
    'n,,n=user,r=abc',
    'r=abcserver',
  ],
  ['RFC 5802 §6 "y" is believed where no -PLUS was offered', plain, 'SCRAM-SHA-256', 'y,,n=user,r=abc', 'r=abcserver'],
  [
    'RFC 5802 §6 "y" while -PLUS was offered is a downgrade',
    bound,
    'SCRAM-SHA-256',
    'y,,n=user,r=abc',
    'not-authorized',
  ],
  [
    'RFC 5802 §6 "n" while -PLUS was offered is a client that cannot bind',
    bound,
    'SCRAM-SHA-256',
    'n,,n=user,r=abc',
    'r=abcserver',
  ],
  [
    'RFC 5802 §6 "p" without the name of -PLUS',
    bound,
    'SCRAM-SHA-256',
    'p=tls-exporter,,n=user,r=abc',
    'malformed-request',
  ],
  ['RFC 5802 §6 the name of -PLUS without "p"', bound, 'SCRAM-SHA-256-PLUS', 'n,,n=user,r=abc', 'malformed-request'],
  [
    'RFC 5802 §6 a channel binding type that is not here',
    bound,
    'SCRAM-SHA-256-PLUS',
    'p=tls-unique,,n=user,r=abc',
    'not-authorized',
  ],
  [
    'RFC 5802 §6 a channel binding type that is here',
    bound,
    'SCRAM-SHA-256-PLUS',
    'p=tls-exporter,,n=user,r=abc',
    'r=abcserver',
  ],
  ['RFC 6120 §6.5.7 a mechanism that was not offered', bound, 'SCRAM-SHA-1', 'n,,n=user,r=abc', 'invalid-mechanism'],
  [
    'RFC 6120 §6.3.8 the authorization identity is the account',
    plain,
    'SCRAM-SHA-256',
    'n,a=user@example.net,n=user,r=abc',
    'r=abcserver',
  ],
  [
    'RFC 6120 §6.3.8 the same account in another spelling',
    plain,
    'SCRAM-SHA-256',
    'n,a=USER@Example.net,n=user,r=abc',
    'r=abcserver',
  ],
  [
    'RFC 6120 §6.3.8 the authorization identity of somebody else',
    plain,
    'SCRAM-SHA-256',
    'n,a=admin@example.net,n=user,r=abc',
    'invalid-authzid',
  ],
  [
    'RFC 6120 §6.3.8 an authorization identity with a resource',
    plain,
    'SCRAM-SHA-256',
    'n,a=user@example.net/x,n=user,r=abc',
    'invalid-authzid',
  ],
  [
    'RFC 6120 §6.3.8 an authorization identity on another domain',
    plain,
    'SCRAM-SHA-256',
    'n,a=user@evil.test,n=user,r=abc',
    'invalid-authzid',
  ],
  [
    'RFC 6120 §6.3.8 an authorization identity that is no address',
    plain,
    'SCRAM-SHA-256',
    'n,a=@@,n=user,r=abc',
    'invalid-authzid',
  ],
]

for (const [title, context, mechanism, message, expected] of firsts) {
  void test(title, async () => {
    const principal: Principal = { standing: 'known', credentials: await pencil('SHA-256', 'W22ZaJ0SNY7soEsUEjb6gQ==') }
    const start = serverMechanism(mechanism, context)
    const answer = heard(start.kind === 'challenge' ? says(start, message, principal) : start)
    assert.equal(answer.split(',')[0], expected)
  })
}

void test('RFC 6120 §6.3.7 the account is the simple user name on the domain of the stream', () => {
  const step = says(serverMechanism('SCRAM-SHA-1', plain), 'n,,n=User,r=abc')
  assert.deepEqual(step.kind === 'lookup' && [step.name, step.account], ['User', 'user@example.net'])
})

void test('a name that no account can have is looked up as nobody, not refused', () => {
  const step = says(serverMechanism('SCRAM-SHA-1', plain), 'n,,n=user@example.net,r=abc')
  assert.deepEqual(step.kind === 'lookup' && [step.name, step.account], ['user@example.net', undefined])
})

void test('RFC 5802 §5.1 a client-first-message that is not UTF-8 is malformed', () => {
  const bytes = Uint8Array.from([...encodeUtf8('n,,n=us'), 0xc3, 0x28, ...encodeUtf8(',r=abc')])
  assert.equal(heard(says(serverMechanism('SCRAM-SHA-1', plain), bytes)), 'malformed-request')
})

void test('an account without keys of this hash is not authorized', async () => {
  const principal: Principal = { standing: 'known', credentials: await pencil('SHA-1', 'QSXCR+Q6sek8bf92') }
  assert.equal(heard(says(serverMechanism('SCRAM-SHA-256', plain), 'n,,n=user,r=abc', principal)), 'not-authorized')
})
