import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NS, type Stanza, stanza } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'
import { storageOf } from './policy.ts'

const body = el('body', NS.client, {}, 'hi')
const hint = (name: string) => el(name, 'urn:xmpp:hints')
const composing = el('composing', 'http://jabber.org/protocol/chatstates')
const originId = el('origin-id', 'urn:xmpp:sid:0', { id: 'o' })
const thread = el('thread', NS.client, {}, 't')
const receipt = el('received', 'urn:xmpp:receipts', { id: 'm' })

const message = (type: string | undefined, ...payloads: readonly Element[]): Stanza =>
  stanza({ name: 'message', type }, ...payloads)

const NOTHING = [false, false]
const HELD = [false, true]
const EVERYTHING = [true, true]

const rows = [
  ['XEP-0313 §5.1.1 chat with a body is archived', message('chat', body), 'content', EVERYTHING],
  ['XEP-0313 §5.1.1 a message without a type is normal', message(undefined, body), 'content', EVERYTHING],
  ['RFC 6121 §5.2.2 an unknown type is normal', message('poem', body), 'content', EVERYTHING],
  ['a receipt belongs to a conversation', message('chat', receipt), 'content', EVERYTHING],
  ['XEP-0313 §5.1.1 typing is not archived', message('chat', composing), 'passing', NOTHING],
  [
    'XEP-0160 §3 typing with an id and a thread is not kept',
    message('chat', composing, originId, thread),
    'passing',
    NOTHING,
  ],
  ['a message of nothing is not kept', message('chat'), 'passing', NOTHING],
  ['typing that comes with a body is kept', message('chat', composing, body), 'content', EVERYTHING],
  ['XEP-0160 §3 errors are not kept', message('error', body), 'error', NOTHING],
  ['XEP-0160 §3 groupchat is not kept', message('groupchat', body), 'groupchat', NOTHING],
  ['XEP-0160 §3 headlines are not kept', message('headline', body), 'headline', NOTHING],
  ['XEP-0334 §4.2 no-store', message('chat', body, hint('no-store')), 'no-store', NOTHING],
  [
    'XEP-0334 §4.1 no-permanent-store waits for a device',
    message('chat', body, hint('no-permanent-store')),
    'no-permanent-store',
    HELD,
  ],
  ['XEP-0334 §4.4 store keeps what would pass', message('chat', composing, hint('store')), 'store', EVERYTHING],
  ['XEP-0334 §4.4 store keeps a headline', message('headline', body, hint('store')), 'store', EVERYTHING],
  ['XEP-0334 §4.4 store keeps no error', message('error', body, hint('store')), 'error', NOTHING],
  [
    'XEP-0334 §4.2 no-store beside store, of a headline',
    message('headline', body, hint('store'), hint('no-store')),
    'no-store',
    NOTHING,
  ],
  ['XEP-0334 §4.2 no-store beside store', message('chat', body, hint('store'), hint('no-store')), 'no-store', NOTHING],
] as const

for (const [name, s, rule, [archived, offline]] of rows) {
  test(name, () => assert.deepEqual(storageOf(s), { rule, archived, offline }))
}
