import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJid } from '@jabiru/jid'
import type { Stanza } from '@jabiru/stanza'
import { markOfRequest } from '@jabiru/wire'
import { PendingRequests } from './pending-requests.ts'

const iq = (type: string, id: string): Stanza => ({ name: 'iq', type, id, inner: '', payloads: [] })

test('RFC 6120 §8.2.3 a request that is answered and not settled is told of, until it is settled', () => {
  const requests = new PendingRequests(() => 0)
  requests.sends(1, iq('get', 'a'))
  requests.sends(2, iq('set', 'b'))
  requests.gets(iq('result', 'b'))
  assert.deepEqual(requests.answered, [[2, markOfRequest('b', undefined)]])
  requests.handled(2)
  assert.deepEqual(requests.answered, [])
  requests.gets(iq('error', 'a'))
  assert.deepEqual(requests.answered, [[1, markOfRequest('a', undefined)]])
})

test('of two requests with one id neither is taken for answered', () => {
  const requests = new PendingRequests(() => 0)
  requests.sends(1, iq('get', 'a'))
  requests.sends(2, iq('get', 'a'))
  requests.gets(iq('result', 'a'))
  assert.deepEqual(requests.answered, [])
})

test('RFC 6120 §8.2.3 what has no answer yet is told of, with its age, in both directions', () => {
  let now = 100
  const requests = new PendingRequests(() => now)
  const [to, from] = [parseJid('juliet@localhost/balcony'), parseJid('nurse@localhost/kitchen')]
  requests.resume({ asked: [['old', to, 50, 0]], owed: [['theirs', from]] })
  requests.sends(1, { ...iq('get', 'a'), to })
  requests.sends(2, { ...iq('get', 'server') })
  requests.gets({ ...iq('set', 'x'), from })
  now = 130
  assert.deepEqual(requests.underWay, {
    asked: [
      ['old', to, 80, 0],
      ['a', to, 30, 1],
    ],
    owed: [
      ['theirs', from],
      ['x', from],
    ],
  })
  // Somebody else's answer is none.
  requests.gets({ ...iq('result', 'a'), from })
  requests.gets({ ...iq('result', 'old'), from: to })
  requests.sends(3, { ...iq('error', 'x'), to: from })
  assert.deepEqual(requests.underWay, { asked: [['a', to, 30, 1]], owed: [['theirs', from]] })
})

test('RFC 6120 §8.2.3 what its client sends again after a resumption, and has its answer, does not wait for one', () => {
  const requests = new PendingRequests(() => 0)
  const to = parseJid('localhost')
  requests.resume({ answered: [[7, markOfRequest('a', to)]] })
  assert.deepEqual(requests.answered, [[7, markOfRequest('a', to)]])
  requests.gets({ ...iq('result', 'a'), from: to })
  requests.sends(6, { ...iq('get', 'a'), to })
  assert.deepEqual(requests.underWay.asked, [])
  // A later owner is told that it is done.
  assert.deepEqual(requests.answered, [[6, markOfRequest('a', to)]])
  requests.handled(6)
  requests.sends(8, { ...iq('get', 'a'), to })
  assert.deepEqual(requests.underWay.asked, [['a', to, 0, 8]])
})
