import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NS, type Stanza, stanza } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'
import { shouldCopy } from './policy.ts'

const CARBONS = 'urn:xmpp:carbons:2'
const MUC_USER = 'http://jabber.org/protocol/muc#user'
const body = el('body', NS.client, {}, 'hi')
const composing = el('composing', 'http://jabber.org/protocol/chatstates')
const message = (type: string | undefined, ...payloads: readonly Element[]): Stanza =>
  stanza({ name: 'message', type }, ...payloads)
const occupant = el('x', MUC_USER)
const invite = el('x', MUC_USER, {}, el('invite', MUC_USER, { to: 'romeo@montague.lit' }))
const direct = el('x', 'jabber:x:conference', { jid: 'room@conference.capulet.lit' })

const rows = [
  ['§6.1 chat is copied', message('chat', body), 'sent', 'chat', true],
  ['§6.1 chat without a body is copied', message('chat', composing), 'received', 'chat', true],
  ['§6.1 normal with a body is copied', message(undefined, body), 'sent', 'normal-with-body', true],
  ['§6.1 normal without a body is not', message(undefined, el('x', 'urn:example')), 'sent', 'default', false],
  ['§6.1 normal with a payload of instant messaging is', message('normal', composing), 'received', 'im-payload', true],
  ['§6.1 groupchat is not', message('groupchat', body), 'received', 'groupchat', false],
  ['§6.1 a headline is not', message('headline', body), 'received', 'default', false],
  ['§6.1 a direct invitation is', message(undefined, direct), 'received', 'muc-invite', true],
  ['§6.1 a mediated invitation is', message(undefined, invite), 'received', 'muc-invite', true],
  ['§6.1 a private message from a room is not', message('chat', body, occupant), 'received', 'muc-pm-received', false],
  ['§6.1 a private message to a room is', message('chat', body, occupant), 'sent', 'chat', true],
  ['§9 private is not', message('chat', body, el('private', CARBONS)), 'sent', 'private', false],
  ['§9 no-copy is not', message('chat', body, el('no-copy', 'urn:xmpp:hints')), 'received', 'no-copy', false],
  ['§11 a copy is not copied', message('chat', el('received', CARBONS)), 'received', 'carbon', false],
  ['§6.1 an error is not', message('error', body), 'received', 'default', false],
] as const

for (const [name, s, direction, rule, copy] of rows) {
  test(`XEP-0280 ${name}`, () => assert.deepEqual(shouldCopy(s, direction), { rule, copy }))
}
