import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDomain } from '@jabiru/jid'
import { clientMechanism } from './client.ts'
import { type ClientOptions, SaslClientError } from './client-step.ts'
import { deriveCredentials } from './credentials.ts'
import { decodeUtf8, encodeUtf8 } from './encoding.ts'
import { saltPassword } from './hash.ts'
import { mechanismsFor, offerHash } from './offer.ts'
import { drive, type Effects, serverMechanism } from './server.ts'
import type { ServerContext } from './step.ts'

const bindings = new Map([
  ['tls-exporter', encodeUtf8('of this connection')],
  ['tls-server-end-point', encodeUtf8('of this certificate')],
])
const context: ServerContext = {
  domain: parseDomain('example.net'),
  offered: mechanismsFor({ secure: true, bindable: true }),
  announcedBindings: [...bindings.keys()],
  secure: true,
  bindings,
  nonce: () => 'from-the-server',
}
const credentials = await deriveCredentials('pencil', { iterations: 4096 })
const effects: Effects = {
  lookup: (step) => Promise.resolve(step.next({ standing: 'known', credentials })),
  derive: async (step) => step.next(await saltPassword(step.derivation)),
}

/** Client and server of one mechanism, to the end. */
async function login(mechanism: string, options: Partial<ClientOptions> = {}, on = context) {
  let client = clientMechanism(mechanism, { username: 'user', password: 'pencil', ...options })
  const start = serverMechanism(mechanism, on)
  assert.equal(start.kind, 'challenge')
  let server = await drive(start.kind === 'challenge' ? start.next(client.data) : start, effects)
  while (server.kind === 'challenge') {
    client = await client.next(server.data)
    server = await drive(server.next(client.data), effects)
  }
  if (server.kind === 'failure') return server.condition
  client.finish(server.data)
  return server.account
}

for (const mechanism of context.offered) {
  const binding = { type: 'tls-exporter', data: encodeUtf8('of this connection') }
  void test(`${mechanism}: client and server agree`, async () => {
    assert.equal(await login(mechanism, { binding }), 'user@example.net')
  })
  void test(`${mechanism}: a wrong password is not authorized`, async () => {
    assert.equal(await login(mechanism, { binding, password: 'pencils' }), 'not-authorized')
  })
}

void test('RFC 5929 §4 binding to the certificate instead', async () => {
  const binding = { type: 'tls-server-end-point', data: encodeUtf8('of this certificate') }
  assert.equal(await login('SCRAM-SHA-256-PLUS', { binding }), 'user@example.net')
})

void test('RFC 5802 §6 a client on another channel than the server is not authorized', async () => {
  const binding = { type: 'tls-exporter', data: encodeUtf8('of the man in the middle') }
  assert.equal(await login('SCRAM-SHA-256-PLUS', { binding }), 'not-authorized')
})

void test('RFC 5802 §6 "y" of a client that was shown no -PLUS is a downgrade', async () => {
  assert.equal(await login('SCRAM-SHA-256', { flag: 'y' }), 'not-authorized')
})

void test('RFC 5802 §5.1 a name with comma and equals sign is nobody, and parses', async () => {
  assert.equal(await login('SCRAM-SHA-1', { username: 'a,b=c' }), 'user@example.net'.replace('user', 'a,b=c'))
})

void test('XEP-0474 §5.1 the hash of the example', () => {
  const hash = offerHash('SHA-1', ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1'], ['tls-server-end-point', 'tls-exporter'])
  assert.equal(hash, 'G6k/rBLDqgOhRRaCuuatSDFkJ08=')
})

void test('XEP-0474 §5.2 a client that saw the whole offer goes on, one that saw less does not', async () => {
  const mechanisms = context.offered
  const seen = { mechanisms, bindingTypes: [...bindings.keys()] }
  assert.equal(await login('SCRAM-SHA-1', { offer: seen }), 'user@example.net')
  const cut = { ...seen, mechanisms: mechanisms.filter((name) => !name.includes('512')) }
  await assert.rejects(login('SCRAM-SHA-1', { offer: cut }), SaslClientError)
})

const lies: readonly (readonly [string, string])[] = [
  ['a nonce that is not the client’s', 'r=other,s=AAAA,i=4096'],
  ['a nonce that adds nothing', 'r=mine,s=AAAA,i=4096'],
  ['too few iterations', 'r=mineyours,s=AAAA,i=1'],
  ['too many iterations', 'r=mineyours,s=AAAA,i=99999999'],
  ['a mandatory extension', 'm=x,r=mineyours,s=AAAA,i=4096'],
]
for (const [what, challenge] of lies) {
  void test(`the client does not believe ${what}`, async () => {
    const client = clientMechanism('SCRAM-SHA-1', { username: 'user', password: 'pencil', nonce: 'mine' })
    await assert.rejects(client.next(encodeUtf8(challenge)), SaslClientError)
  })
}

void test('RFC 5802 §5 the client believes no success without the server’s signature', async () => {
  const client = clientMechanism('SCRAM-SHA-1', { username: 'user', password: 'pencil', nonce: 'mine' })
  assert.throws(() => client.finish(undefined), SaslClientError)
  const second = await client.next(encodeUtf8('r=mineyours,s=AAAA,i=4096'))
  for (const data of [undefined, encodeUtf8('v=AAAA'), encodeUtf8('e=other-error'), encodeUtf8('')])
    assert.throws(() => second.finish(data), SaslClientError)
})

void test('RFC 4616 §2 what PLAIN sends', () => {
  const { data } = clientMechanism('PLAIN', { username: 'user', password: 'pencil' })
  assert.equal(decodeUtf8(data), '\0user\0pencil')
})

void test('a mechanism the client does not know', () => {
  assert.throws(() => clientMechanism('DIGEST-MD5', { username: 'user', password: 'pencil' }), SaslClientError)
})
