import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid } from '@jabiru/jid'
import {
  type AccountRequest,
  decodeAccountReply,
  decodeAccountRequest,
  encodeAccountReply,
  encodeAccountRequest,
  UnreadableRequest,
} from './account-request.ts'

const account = parseBareJid('a@example.net')
const requests: readonly AccountRequest[] = [
  { do: 'remove', account },
  { do: 'password', account, password: '' },
]
for (const request of requests)
  test(`a request comes back as it went: ${request.do}`, () =>
    assert.deepEqual(decodeAccountRequest(encodeAccountRequest(request)), request))

for (const reply of ['done', 'unusable', 'gone', 'failed'] as const)
  test(`a reply comes back as it went: ${reply}`, () =>
    assert.equal(decodeAccountReply(encodeAccountReply(reply)), reply))

for (const text of ['{', 'null', '{"do":"remove"}', '{"do":"remove","account":"a@b/c"}', '{"do":"x","account":"a@b"}'])
  test(`unreadable: ${text}`, () => assert.throws(() => decodeAccountRequest(text), UnreadableRequest))
test('unreadable: a reply of a later release', () =>
  assert.throws(() => decodeAccountReply('{"reply":"maybe"}'), UnreadableRequest))
