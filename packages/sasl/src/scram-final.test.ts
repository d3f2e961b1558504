import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keysOf } from './credentials.ts'
import { decodeBase64, encodeBase64 } from './encoding.ts'
import { hmac, saltPassword, xor } from './hash.ts'
import { serverMechanism } from './server.ts'
import type { Principal } from './step.ts'
import { heard, pencil, plain, says } from './testing.ts'

const vectors = [
  {
    title: 'RFC 5802 §5 the example of SCRAM-SHA-1',
    hash: 'SHA-1',
    salt: 'QSXCR+Q6sek8bf92',
    client: 'fyko+d2lbbFgONRv9qkxdawL',
    server: '3rfcNHYJY1ZVvWVs7j',
    proof: 'v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    verifier: 'rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    title: 'RFC 7677 §3 the example of SCRAM-SHA-256',
    hash: 'SHA-256',
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    client: 'rOprNGfwEbeRWgbNEkqO',
    server: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    proof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    verifier: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
  {
    title: 'SCRAM-SHA-512 as the field computes it, the proof taken from another implementation of PBKDF2 and HMAC',
    hash: 'SHA-512',
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    client: 'rOprNGfwEbeRWgbNEkqO',
    server: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    proof: 'gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==',
    verifier: 'ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==',
  },
] as const

for (const { title, hash, salt, client, server, proof, verifier } of vectors) {
  void test(title, async () => {
    const principal: Principal = { standing: 'known', credentials: await pencil(hash, salt) }
    const start = serverMechanism(`SCRAM-${hash}`, { ...plain, nonce: () => server })
    const challenge = says(start, `n,,n=user,r=${client}`, principal)
    assert.equal(heard(challenge), `r=${client}${server},s=${salt},i=4096`)
    const end = says(challenge, `c=biws,r=${client}${server},p=${proof}`)
    assert.equal(heard(end), `success user@example.net v=${verifier}`)
  })
}

/** A right client-final-message of RFC 7677 §3, and what may be done to it. */
const right = {
  c: 'biws',
  r: 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  p: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
}
const finals: readonly (readonly [string, string, Principal['standing'], string])[] = [
  [
    'the right proof of a disabled account tells so',
    `c=${right.c},r=${right.r},p=${right.p}`,
    'disabled',
    'account-disabled',
  ],
  [
    'the right proof for decoy credentials is worth nothing',
    `c=${right.c},r=${right.r},p=${right.p}`,
    'unknown',
    'not-authorized',
  ],
  [
    'RFC 5802 §5.1 another nonce of the same length',
    `c=${right.c},r=${right.r.slice(0, -1)}1,p=${right.p}`,
    'known',
    'not-authorized',
  ],
  ['RFC 5802 §5.1 a nonce cut short', `c=${right.c},r=${right.r.slice(0, 20)},p=${right.p}`, 'known', 'not-authorized'],
  ['RFC 5802 §6 c= with another GS2 header', `c=eSws,r=${right.r},p=${right.p}`, 'known', 'not-authorized'],
  [
    'RFC 5802 §6 c= with channel binding data nobody asked for',
    `c=biwseA==,r=${right.r},p=${right.p}`,
    'known',
    'not-authorized',
  ],
  [
    'a proof with one bit turned',
    `c=${right.c},r=${right.r},p=dXzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
    'known',
    'not-authorized',
  ],
  [
    'a proof one byte too long',
    `c=${right.c},r=${right.r},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQA`,
    'known',
    'not-authorized',
  ],
  [
    'a disabled account with a wrong proof looks like any other',
    `c=${right.c},r=${right.r},p=AAAA`,
    'disabled',
    'not-authorized',
  ],
  ['an extension alters the signed message', `c=${right.c},r=${right.r},x=1,p=${right.p}`, 'known', 'not-authorized'],
  [
    'RFC 5802 §5.1 m= in the client-final-message',
    `c=${right.c},r=${right.r},m=1,p=${right.p}`,
    'known',
    'malformed-request',
  ],
  ['RFC 5802 §7 no proof', `c=${right.c},r=${right.r}`, 'known', 'malformed-request'],
  ['RFC 5802 §7 an empty message', '', 'known', 'malformed-request'],
]

for (const [title, message, standing, expected] of finals) {
  void test(title, async () => {
    const credentials = await pencil('SHA-256', 'W22ZaJ0SNY7soEsUEjb6gQ==')
    const start = serverMechanism('SCRAM-SHA-256', { ...plain, nonce: () => right.r.slice(20) })
    const challenge = says(start, `n,,n=user,r=${right.r.slice(0, 20)}`, { standing, credentials })
    assert.equal(heard(says(challenge, message)), expected)
  })
}

void test('RFC 5802 §5.1 a right proof over another nonce is not authorized: it may be of another exchange', async () => {
  const credentials = await pencil('SHA-256', 'W22ZaJ0SNY7soEsUEjb6gQ==')
  const derivation = { hash: 'SHA-256', password: 'pencil', salt: decodeBase64('W22ZaJ0SNY7soEsUEjb6gQ==') } as const
  assert.ok(derivation.salt)
  const { clientKey, storedKey } = keysOf(
    'SHA-256',
    await saltPassword({ ...derivation, salt: derivation.salt, iterations: 4096 }),
  )
  for (const [nonce, expected] of [
    ['abcserver', 'success'],
    ['abcanother', 'not-authorized'],
    ['abc', 'not-authorized'],
  ] as const) {
    const challenge = says(serverMechanism('SCRAM-SHA-256', plain), 'n,,n=user,r=abc', {
      standing: 'known',
      credentials,
    })
    const message = `n=user,r=abc,${heard(challenge)},c=biws,r=${nonce}`
    const proof = encodeBase64(xor(clientKey, hmac('SHA-256', storedKey, message)))
    assert.equal(heard(says(challenge, `c=biws,r=${nonce},p=${proof}`)).split(' ')[0], expected)
  }
})
