import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid } from '@jabiru/jid'
import {
  type AccountAnswer,
  type AccountQuestion,
  type AccountRequest,
  decodeAccountAnswer,
  decodeAccountQuestion,
  decodeAccountReply,
  decodeAccountRequest,
  encodeAccountAnswer,
  encodeAccountQuestion,
  encodeAccountReply,
  encodeAccountRequest,
  UnreadableRequest,
} from './account-request.ts'

const account = parseBareJid('a@example.net')
const requests: readonly AccountRequest[] = [
  { do: 'remove', account },
  { do: 'password', account, password: '' },
  { do: 'add', account, password: 'x' },
  { do: 'register', account, password: 'x', address: '192.0.2.1' },
  { do: 'disable', account },
  { do: 'enable', account },
]
for (const request of requests)
  test(`a request comes back as it went: ${request.do}`, () =>
    assert.deepEqual(decodeAccountRequest(encodeAccountRequest(request)), request))

for (const reply of ['done', 'unusable', 'gone', 'exists', 'foreign', 'limited', 'failed'] as const)
  test(`a reply comes back as it went: ${reply}`, () =>
    assert.equal(decodeAccountReply(encodeAccountReply(reply)), reply))

const questions: readonly AccountQuestion[] = [{ about: account }, { of: 'disabled', most: 3 }]
for (const question of questions)
  test(`a question comes back as it went: ${JSON.stringify(question)}`, () =>
    assert.deepEqual(decodeAccountQuestion(encodeAccountQuestion(question)), question))

const answers: readonly AccountAnswer[] = [
  'failed',
  { account: null },
  { account: { enabled: false } },
  { account: { enabled: true, lastLogin: 5 } },
  { count: 7, accounts: [account] },
]
for (const answer of answers)
  test(`an answer comes back as it went: ${JSON.stringify(answer)}`, () =>
    assert.deepEqual(decodeAccountAnswer(encodeAccountAnswer(answer)), answer))

for (const text of ['{}', '{"of":"some","most":1}', '{"of":"all"}', '{"about":"a@b/c"}'])
  test(`unreadable question: ${text}`, () => assert.throws(() => decodeAccountQuestion(text), UnreadableRequest))
for (const text of ['{}', '{"answer":{}}', '{"answer":{"account":{}}}', '{"answer":{"count":1,"accounts":["@"]}}'])
  test(`unreadable answer: ${text}`, () => assert.throws(() => decodeAccountAnswer(text), UnreadableRequest))

for (const text of ['{', 'null', '{"do":"remove"}', '{"do":"remove","account":"a@b/c"}', '{"do":"x","account":"a@b"}'])
  test(`unreadable: ${text}`, () => assert.throws(() => decodeAccountRequest(text), UnreadableRequest))
test('unreadable: a reply of a later release', () =>
  assert.throws(() => decodeAccountReply('{"reply":"maybe"}'), UnreadableRequest))
