import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from './decision.ts'
import { type IqType, routeIq } from './iq.ts'

const balcony: Resource = { resource: 'balcony', available: true, priority: 0 }
const tomb: Resource = { resource: 'tomb', available: false, priority: 0 }

const ROWS: readonly (readonly [string, IqType, boolean, string | undefined, boolean, string])[] = [
  ['RFC 6121 §8.5.1 a request to an account that does not exist is refused', 'get', false, undefined, true, 'refuse'],
  ['RFC 6121 §8.5.1 a request to its full JID is refused', 'set', false, 'balcony', true, 'refuse'],
  ['RFC 6120 §8.2.3 an answer to an account that does not exist is dropped', 'result', false, 'balcony', true, 'drop'],
  ['RFC 6121 §8.5.2.1.3 the server answers a get to the bare JID', 'get', true, undefined, true, 'handle'],
  ['RFC 6121 §8.5.2.1.3 the server answers a set to the bare JID', 'set', true, undefined, false, 'handle'],
  ['RFC 6121 §8.5.2.1.3 an answer to the bare JID is for the server', 'error', true, undefined, false, 'handle'],
  ['RFC 6121 §8.5.3.1 a request reaches the resource', 'get', true, 'balcony', true, 'deliver'],
  ['RFC 6121 §8.5.3.1 a connected resource is reached too', 'set', true, 'tomb', true, 'deliver'],
  ['RFC 6121 §8.5.3.1 a request from a stranger is refused', 'get', true, 'balcony', false, 'refuse'],
  ['RFC 6121 §8.5.3.1 a set from a stranger is refused', 'set', true, 'balcony', false, 'refuse'],
  ['RFC 6121 §8.5.3.1 a result reaches the resource, from a stranger too', 'result', true, 'balcony', false, 'deliver'],
  ['RFC 6121 §8.5.3.1 an error reaches the resource, from a stranger too', 'error', true, 'balcony', false, 'deliver'],
  ['RFC 6121 §8.5.3.2.3 a request to no resource is refused', 'get', true, 'garden', true, 'refuse'],
  ['RFC 6120 §8.2.3 an answer to no resource is dropped', 'error', true, 'garden', true, 'drop'],
]

for (const [title, type, accountExists, resource, shares, expected] of ROWS) {
  void test(title, () => {
    const decision = routeIq(type, { accountExists, resource, resources: [balcony, tomb] }, shares)
    assert.equal(decision.do, expected)
    if (decision.do === 'deliver') {
      assert.deepEqual(
        decision.to.map((r) => r.resource),
        [resource],
      )
    }
  })
}

void test('RFC 6121 §8.5.3.1 a stranger cannot tell a resource that is there from one that is not', () => {
  const there = routeIq('get', { accountExists: true, resource: 'balcony', resources: [balcony] }, false)
  const gone = routeIq('get', { accountExists: true, resource: 'balcony', resources: [] }, false)
  const nobody = routeIq('get', { accountExists: false, resource: 'balcony', resources: [] }, false)
  const seen = [there, gone, nobody].map((d) => [d.do, d.do === 'refuse' ? d.condition : ''])
  const refused = ['refuse', 'service-unavailable']
  assert.deepEqual(seen, [refused, refused, refused])
})
