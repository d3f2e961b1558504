import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { test } from 'node:test'
import { parseDomain } from '@jabiru/jid'
import { deriveCredentials } from './credentials.ts'
import { encodeUtf8 } from './encoding.ts'
import { equal, saltPassword } from './hash.ts'
import { drive, serverMechanism } from './server.ts'

test('CVE-2021-32921 keys are compared in constant time, at a login too', async (t) => {
  const { mock } = t.mock.method(crypto, 'timingSafeEqual')
  syncBuiltinESMExports()
  t.after(() => {
    mock.restore()
    syncBuiltinESMExports()
  })
  const key = Buffer.alloc(32, 1)
  assert.equal(equal(key, Buffer.alloc(32, 1)), true)
  assert.equal(equal(key, Buffer.alloc(32, 2)), false)
  assert.equal(mock.callCount(), 2)
  assert.equal(equal(key, Buffer.alloc(31, 1)), false)

  const credentials = await deriveCredentials('pencil', { iterations: 4096 })
  for (const password of ['pencil', 'pencils']) {
    const compared = mock.callCount()
    const start = serverMechanism('PLAIN', {
      domain: parseDomain('example.net'),
      offered: ['PLAIN'],
      secure: true,
      bindings: new Map(),
      nonce: () => 'unused',
    })
    assert.ok(start.kind === 'challenge')
    const end = await drive(start.next(encodeUtf8(`\0user\0${password}`)), {
      lookup: (step) => Promise.resolve(step.next({ standing: 'known', credentials })),
      derive: async (step) => step.next(await saltPassword(step.derivation)),
    })
    assert.equal(end.kind, password === 'pencil' ? 'success' : 'failure')
    assert.equal(mock.callCount(), compared + 1)
  }
})
