import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stanza } from '@jabiru/stanza'
import { PendingRequests } from './pending-requests.ts'

const iq = (type: string, id: string): Stanza => ({ name: 'iq', type, id, inner: '', payloads: [] })

test('RFC 6120 §8.2.3 a request that is answered and not settled is told of, until it is settled', () => {
  const requests = new PendingRequests()
  requests.asks(1, iq('get', 'a'))
  requests.asks(2, iq('set', 'b'))
  requests.answers(iq('result', 'b'))
  assert.deepEqual(requests.answered, [2])
  requests.handled(2)
  assert.deepEqual(requests.answered, [])
  requests.answers(iq('error', 'a'))
  assert.deepEqual(requests.answered, [1])
})

test('of two requests with one id neither is taken for answered', () => {
  const requests = new PendingRequests()
  requests.asks(1, iq('get', 'a'))
  requests.asks(2, iq('get', 'a'))
  requests.answers(iq('result', 'a'))
  assert.deepEqual(requests.answered, [])
})
