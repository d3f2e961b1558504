import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid, parseDomain } from '@jabiru/jid'
import {
  type AuthBegin,
  type AuthReply,
  decodeAuthBegin,
  decodeAuthContinue,
  decodeAuthReply,
  encodeAuthBegin,
  encodeAuthContinue,
  encodeAuthReply,
  UnreadableAuth,
} from './auth.ts'

const begin: AuthBegin = {
  mechanism: 'PLAIN',
  initial: 'AGEAYg==',
  domain: parseDomain('example.net'),
  address: '::1',
  secure: true,
  offered: ['PLAIN'],
  announced: ['tls-exporter'],
  bindings: { 'tls-exporter': 'AAAA' },
}

void test('a first step comes back as it went, with or without what may be absent', () => {
  const { announced: _, ...bare } = begin
  for (const message of [begin, { ...begin, initial: null }, bare])
    assert.deepEqual(decodeAuthBegin(encodeAuthBegin(message)), message)
})

void test('a following step and an abort come back as they went', () => {
  for (const message of [
    { exchange: 'x', data: '' },
    { exchange: 'x', abort: true },
  ] as const)
    assert.deepEqual(decodeAuthContinue(encodeAuthContinue(message)), message)
})

const replies: readonly AuthReply[] = [
  { step: 'challenge', data: 'AAAA', reply_to: 'v1.auth.a.1', exchange: 'x' },
  { step: 'success', account: parseBareJid('a@example.net'), data: null },
  { step: 'success', account: parseBareJid('a@example.net'), data: 'AAAA' },
  { step: 'failure', condition: 'not-authorized' },
  { step: 'failure', condition: 'not-authorized', text: 'why' },
]
for (const reply of replies)
  void test(`a reply comes back as it went: ${encodeAuthReply(reply)}`, () =>
    assert.deepEqual(decodeAuthReply(encodeAuthReply(reply)), reply))

void test('fields of a later release are ignored', () => {
  assert.deepEqual(decodeAuthBegin(JSON.stringify({ ...begin, later: 1 })), begin)
})

const unreadable: readonly (readonly [string, (text: string) => unknown, unknown])[] = [
  ['a list', decodeAuthBegin, []],
  ['no mechanism', decodeAuthBegin, { ...begin, mechanism: undefined }],
  ['an initial response that is a number', decodeAuthBegin, { ...begin, initial: 1 }],
  ['a domain that is none', decodeAuthBegin, { ...begin, domain: 'a@b' }],
  ['secure as a text', decodeAuthBegin, { ...begin, secure: 'false' }],
  ['an offer with a number', decodeAuthBegin, { ...begin, offered: [1] }],
  ['bindings with a number', decodeAuthBegin, { ...begin, bindings: { 'tls-exporter': 1 } }],
  ['neither data nor abort', decodeAuthContinue, { exchange: 'x' }],
  ['no step', decodeAuthReply, {}],
  ['a condition that is none', decodeAuthReply, { step: 'failure', condition: 'policy-violation' }],
  ['an account that is none', decodeAuthReply, { step: 'success', account: 'example.net', data: null }],
]
for (const [what, decode, value] of unreadable)
  void test(`unreadable: ${what}`, () => assert.throws(() => decode(JSON.stringify(value)), UnreadableAuth))

void test('unreadable: no JSON', () => assert.throws(() => decodeAuthReply('{'), UnreadableAuth))
