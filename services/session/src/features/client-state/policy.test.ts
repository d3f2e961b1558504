import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { carbonOf } from '@jabiru/protocol'
import { NS, type Stanza, stanza } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'
import { waitsAs } from './policy.ts'

const romeo = parseFullJid('romeo@montague.lit/home')
const juliet = parseFullJid('juliet@capulet.lit/balcony')
const body = el('body', NS.client, {}, 'hi')
const composing = el('composing', 'http://jabber.org/protocol/chatstates')
const store = el('store', 'urn:xmpp:hints')
const originId = el('origin-id', 'urn:xmpp:sid:0', { id: 'o' })
const muc = (...inside: readonly Element[]) => el('x', 'http://jabber.org/protocol/muc#user', {}, ...inside)
const item = el('item', 'http://jabber.org/protocol/muc#user', { affiliation: 'none' })
const status = el('status', 'http://jabber.org/protocol/muc#user', { code: '110' })

const presence = (type: string | undefined, ...inside: readonly Element[]) =>
  stanza({ name: 'presence', type, from: romeo }, ...inside)
const message = (type: string | undefined, ...inside: readonly Element[]) =>
  stanza({ name: 'message', type, from: romeo, to: juliet }, ...inside)
const copy = (s: Stanza) => carbonOf('received', s, parseBareJid('juliet@capulet.lit'), juliet)

const rows: readonly (readonly [name: string, s: Stanza, waits: string | undefined])[] = [
  ['presence waits', presence(undefined), `presence ${romeo}`],
  ['its end waits in its place', presence('unavailable'), `presence ${romeo}`],
  ['an occupant of a room waits', presence(undefined, muc(item)), `presence ${romeo}`],
  ['what a room says of the client does not', presence(undefined, muc(item, status)), undefined],
  ['a subscription does not', presence('subscribe'), undefined],
  ['nor the end of one', presence('unsubscribed'), undefined],
  ['nor an error', presence('error'), undefined],
  ['a chat state waits', message('chat', composing), `state ${romeo}`],
  ['with hints and ids too', message('chat', composing, store, originId), `state ${romeo}`],
  ['of a room too', message('groupchat', composing), `state ${romeo}`],
  ['with a body it does not', message('chat', body, composing), undefined],
  ['a body does not', message('chat', body), undefined],
  ['nothing at all does not', message('chat'), undefined],
  ['a receipt does not', message('chat', el('received', 'urn:xmpp:receipts')), undefined],
  ['a marker does not', message('chat', el('displayed', 'urn:xmpp:chat-markers:0')), undefined],
  ['an error does not', message('error', composing), undefined],
  ['a headline does not', message('headline', body), undefined],
  ['the copy of a chat state waits', copy(message('chat', composing)), `copy ${romeo} ${juliet}`],
  ['the copy of a message does not', copy(message('chat', body, composing)), undefined],
  ['what only looks like a copy does not', message('chat', el('received', 'urn:xmpp:carbons:2')), undefined],
  ['a request does not', stanza({ name: 'iq', type: 'get', from: romeo }), undefined],
  ['an answer does not', stanza({ name: 'iq', type: 'result', from: romeo }), undefined],
]
for (const [name, s, waits] of rows) test(`XEP-0352 §3.2 ${name}`, () => assert.equal(waitsAs(s), waits))
