import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONDITIONS, isCondition, isErrorType, STREAM_CONDITIONS } from './conditions.ts'

// Typed from the headings and the sentence "the associated error type SHOULD be" of RFC 6120 §8.3.3.1 to §8.3.3.22;
// where the text allows several, all of them.
const STANZA_ROWS = [
  ['8.3.3.1', 'bad-request', ['modify']],
  ['8.3.3.2', 'conflict', ['cancel']],
  ['8.3.3.3', 'feature-not-implemented', ['cancel', 'modify']],
  ['8.3.3.4', 'forbidden', ['auth']],
  ['8.3.3.5', 'gone', ['cancel']],
  ['8.3.3.6', 'internal-server-error', ['cancel']],
  ['8.3.3.7', 'item-not-found', ['cancel']],
  ['8.3.3.8', 'jid-malformed', ['modify']],
  ['8.3.3.9', 'not-acceptable', ['modify']],
  ['8.3.3.10', 'not-allowed', ['cancel']],
  ['8.3.3.11', 'not-authorized', ['auth']],
  ['8.3.3.12', 'policy-violation', ['modify', 'wait']],
  ['8.3.3.13', 'recipient-unavailable', ['wait']],
  ['8.3.3.14', 'redirect', ['modify']],
  ['8.3.3.15', 'registration-required', ['auth']],
  ['8.3.3.16', 'remote-server-not-found', ['cancel']],
  ['8.3.3.17', 'remote-server-timeout', ['wait']],
  ['8.3.3.18', 'resource-constraint', ['wait']],
  ['8.3.3.19', 'service-unavailable', ['cancel']],
  ['8.3.3.20', 'subscription-required', ['auth']],
  ['8.3.3.21', 'undefined-condition', ['auth', 'cancel', 'continue', 'modify', 'wait']],
  ['8.3.3.22', 'unexpected-request', ['wait', 'modify']],
] as const

for (const [section, condition, types] of STANZA_ROWS) {
  void test(`RFC 6120 §${section} ${condition} has the recommended error type`, () => {
    const allowed: readonly string[] = types
    assert.ok(allowed.includes(CONDITIONS[condition]))
  })
}

void test('RFC 6120 §8.3.3 the table has every condition and no other', () => {
  assert.deepEqual(
    Object.keys(CONDITIONS),
    STANZA_ROWS.map(([, condition]) => condition),
  )
})

void test('RFC 6120 §4.9.3 there are 25 stream conditions, in the order of the text', () => {
  assert.equal(STREAM_CONDITIONS.length, 25)
  assert.deepEqual([...STREAM_CONDITIONS].sort(), [...STREAM_CONDITIONS])
  assert.equal(new Set(STREAM_CONDITIONS).size, 25)
})

void test('names that the tables inherit from Object are no conditions', () => {
  assert.equal(isCondition('constructor'), false)
  assert.equal(isCondition('forbidden'), true)
  assert.equal(isErrorType('wait'), true)
  assert.equal(isErrorType(undefined), false)
})
