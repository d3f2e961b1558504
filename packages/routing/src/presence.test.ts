import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from './decision.ts'
import { type PresenceKind, routePresence } from './presence.ts'

const balcony: Resource = { resource: 'balcony', available: true, priority: 0 }
const garden: Resource = { resource: 'garden', available: true, priority: -5 }
const tomb: Resource = { resource: 'tomb', available: false, priority: 0 }
const all = [balcony, garden, tomb]

const SUBSCRIPTION = ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed'] as const
const AVAILABILITY = ['available', 'unavailable'] as const

function word(
  kind: PresenceKind,
  resource: string | undefined,
  resources: readonly Resource[] = all,
  accountExists = true,
): string {
  const decision = routePresence(kind, { accountExists, resource, resources })
  return decision.do === 'deliver' ? decision.to.map((r) => r.resource).join(' ') : decision.do
}

for (const kind of AVAILABILITY) {
  void test(`RFC 6121 §8.5.1 ${kind} to an account that does not exist is ignored`, () => {
    assert.equal(word(kind, undefined, [], false), 'drop')
    assert.equal(word(kind, 'balcony', [], false), 'drop')
  })
  void test(`RFC 6121 §8.5.2.1.2 ${kind} to the bare JID reaches every available resource, negative ones too`, () => {
    assert.equal(word(kind, undefined), 'balcony garden')
  })
  void test(`RFC 6121 §8.5.2.2.2 ${kind} to the bare JID reaches nobody where nobody is available`, () => {
    assert.equal(word(kind, undefined, [tomb]), '')
  })
  void test(`RFC 6121 §8.5.3.1 ${kind} to a full JID reaches that resource`, () => {
    assert.equal(word(kind, 'garden'), 'garden')
    assert.equal(word(kind, 'tomb'), 'tomb')
  })
  void test(`RFC 6121 §8.5.3.2.2 ${kind} to no resource is ignored`, () => {
    assert.equal(word(kind, 'orchard'), 'drop')
  })
}

for (const kind of SUBSCRIPTION) {
  void test(`RFC 6121 §8.5.1 ${kind} to an account that does not exist is ignored`, () => {
    assert.equal(word(kind, undefined, [], false), 'drop')
  })
  void test(`RFC 6121 §8.5.2.1.2 ${kind} to the bare JID follows section 3`, () => {
    assert.equal(word(kind, undefined), 'handle')
    assert.equal(word(kind, undefined, []), 'handle')
  })
  void test(`RFC 6121 §8.5.3.1 ${kind} to a full JID that matches follows section 3`, () => {
    assert.equal(word(kind, 'balcony'), 'handle')
  })
  void test(`RFC 6121 §8.5.3.2.2 ${kind} to no resource is ${kind === 'subscribe' ? 'handled' : 'ignored'}`, () => {
    assert.equal(word(kind, 'orchard'), kind === 'subscribe' ? 'handle' : 'drop')
  })
}

void test('RFC 6121 §8.5.1 a probe to an account that does not exist is answered like one from a stranger', () => {
  assert.equal(word('probe', undefined, [], false), 'answer-unsubscribed')
})

void test('RFC 6121 §8.5.2.1.2, §8.5.3 a probe is handled by the server, whatever the address', () => {
  assert.deepEqual(
    [word('probe', undefined), word('probe', 'balcony'), word('probe', 'orchard')],
    Array(3).fill('handle'),
  )
})

void test('RFC 6121 §3.1.2 an error to the bare JID tells every available resource', () => {
  assert.equal(word('error', undefined), 'balcony garden')
  assert.equal(word('error', 'tomb'), 'tomb')
  assert.equal(word('error', 'orchard'), 'drop')
})
