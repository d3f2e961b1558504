import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mechanismsFor } from './offer.ts'

void test('RFC 6120 §13.8.3 PLAIN only under TLS, -PLUS only where there is something to bind to', () => {
  assert.deepEqual(mechanismsFor({ secure: false, bindable: false }), ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1'])
  assert.deepEqual(mechanismsFor({ secure: true, bindable: true }), [
    'SCRAM-SHA-512-PLUS',
    'SCRAM-SHA-256-PLUS',
    'SCRAM-SHA-1-PLUS',
    'SCRAM-SHA-512',
    'SCRAM-SHA-256',
    'SCRAM-SHA-1',
    'PLAIN',
  ])
})
