import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseClientFinal, parseClientFirst, parseServerFirst, quote } from './scram-message.ts'

void test('RFC 5802 §7 a client-first-message comes apart', () => {
  assert.deepEqual(parseClientFirst('p=tls-server-end-point,a=a=2Cb=3D,n=us=3Der,r=n0nce,x=1,y=a=b'), {
    flag: 'p',
    bindingType: 'tls-server-end-point',
    header: 'p=tls-server-end-point,a=a=2Cb=3D,',
    authzid: 'a,b=',
    username: 'us=er',
    nonce: 'n0nce',
    bare: 'n=us=3Der,r=n0nce,x=1,y=a=b',
  })
})

const brokenFirst = [
  ['nothing', ''],
  ['no GS2 header', 'n=user,r=abc'],
  ['another flag', 'x,,n=user,r=abc'],
  ['a flag in capitals', 'N,,n=user,r=abc'],
  ['the non-standard flag F of GS2', 'F,n,,n=user,r=abc'],
  ['a type with an odd character', 'p=tls_unique,,n=user,r=abc'],
  ['a type that is empty', 'p=,,n=user,r=abc'],
  ['a value after y', 'y=tls-unique,,n=user,r=abc'],
  ['an empty authzid', 'n,a=,n=user,r=abc'],
  ['an authzid without its name', 'n,user,n=user,r=abc'],
  ['an authzid with a wrong escape', 'n,a=x=2D,n=user,r=abc'],
  ['an empty username', 'n,,n=,r=abc'],
  ['no username', 'n,,r=abc'],
  ['a username with a bare =', 'n,,n=us=er,r=abc'],
  ['a username with a lower-case escape', 'n,,n=us=2cer,r=abc'],
  ['a username that ends in =', 'n,,n=user=,r=abc'],
  ['a NUL in the username', 'n,,n=us\0er,r=abc'],
  ['no nonce', 'n,,n=user'],
  ['an empty nonce', 'n,,n=user,r='],
  ['a space in the nonce', 'n,,n=user,r=a b'],
  ['a nonce that is not ASCII', 'n,,n=user,r=é'],
  ['the nonce first', 'n,,r=abc,n=user'],
  ['a mandatory extension in its place', 'n,,m=x,n=user,r=abc'],
  ['a mandatory extension elsewhere', 'n,,n=user,r=abc,m=x'],
  ['a second username', 'n,,n=user,r=abc,n=admin'],
  ['a second nonce', 'n,,n=user,r=abc,r=def'],
  ['an extension without a value', 'n,,n=user,r=abc,x='],
  ['an extension of two letters', 'n,,n=user,r=abc,xy=1'],
  ['a trailing comma', 'n,,n=user,r=abc,'],
] as const

for (const [what, text] of brokenFirst)
  void test(`RFC 5802 §7 no client-first-message: ${what}`, () => assert.equal(parseClientFirst(text), undefined))

void test('RFC 5802 §5.1 an unknown optional extension is ignored', () => {
  assert.equal(parseClientFirst('n,,n=user,r=abc,z=1,d=2')?.username, 'user')
  assert.equal(parseClientFinal('c=biws,r=abc,z=1,p=AAAA')?.withoutProof, 'c=biws,r=abc,z=1')
})

const brokenFinal = [
  ['nothing', ''],
  ['no proof', 'c=biws,r=abc'],
  ['an empty proof', 'c=biws,r=abc,p='],
  ['a proof that is not base64', 'c=biws,r=abc,p=A'],
  ['a proof without padding', 'c=biws,r=abc,p=AAA'],
  ['a proof with stray bits', 'c=biws,r=abc,p=AAB='],
  ['a proof in the alphabet of URLs', 'c=biws,r=abc,p=AA__'],
  ['something after the proof', 'c=biws,r=abc,p=AAAA,x=1'],
  ['two proofs', 'c=biws,r=abc,p=AAAA,p=AAAA'],
  ['no channel binding', 'r=abc,p=AAAA'],
  ['an empty channel binding', 'c=,r=abc,p=AAAA'],
  ['another order', 'r=abc,c=biws,p=AAAA'],
  ['a mandatory extension', 'c=biws,r=abc,m=1,p=AAAA'],
  ['a NUL', 'c=biws,r=abc,x=\0,p=AAAA'],
] as const

for (const [what, text] of brokenFinal)
  void test(`RFC 5802 §7 no client-final-message: ${what}`, () => assert.equal(parseClientFinal(text), undefined))

const brokenServer = [
  '',
  'r=abc,s=AAAA',
  'r=abc,s=AAAA,i=0',
  'r=abc,s=AAAA,i=x',
  'm=1,r=abc,s=AAAA,i=4096',
  'e=other-error',
]

for (const text of brokenServer)
  void test(`RFC 5802 §7 no server-first-message: '${text}'`, () => assert.equal(parseServerFirst(text), undefined))

void test('RFC 5802 §5.1 a name goes out quoted and comes back', () => {
  assert.equal(quote('a,b=c=2C'), 'a=2Cb=3Dc=3D2C')
  assert.equal(parseClientFirst(`n,,n=${quote('a,b=c=2C')},r=x`)?.username, 'a,b=c=2C')
})
