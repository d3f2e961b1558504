import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { stanzaOf } from '@jabiru/stanza'
import type { Envelope } from './envelope.ts'
import { type Ack, decodeAck, decodeFrame, encodeAck, encodeFrame, type Frame, UnreadableFrame } from './frame.ts'

const juliet = parseBareJid('juliet@capulet.lit')
const session = { jid: parseFullJid('juliet@capulet.lit/balcony'), gen: '7.1' }
const hello = stanzaOf({ name: 'message', to: juliet }, ['{jabber:client}body'], '<body>\n{"é": \u{1F339}}\n</body>')
const empty = stanzaOf({ name: 'presence' }, [], '')

const frameOf = (...envelopes: readonly Envelope[]): Frame => ({
  stream: 'session.7',
  from: { id: 'a1', epoch: 12 },
  base: 3,
  first: 4,
  high: 9,
  envelopes,
})

test('a frame comes back as it was, contents with line breaks and wide characters included', () => {
  const frame = frameOf(
    { k: 'out', account: juliet, session, n: 1, stanza: hello },
    { k: 'confirm', account: juliet, session, h: 4 },
    { k: 'in', accounts: [juliet], stanza: empty },
    { k: 'in', accounts: [juliet], stanza: hello, id: 'x' },
  )
  assert.deepEqual(decodeFrame(encodeFrame(frame)), frame)
})

test('a number whose envelope is settled already has no content', () => {
  const frame = {
    ...frameOf(),
    envelopes: [undefined, { k: 'in', accounts: [juliet], stanza: hello }, undefined],
  } as const
  assert.deepEqual(decodeFrame(encodeFrame(frame)), frame)
})

test('a heartbeat is a frame without envelopes', () => {
  assert.deepEqual(decodeFrame(encodeFrame(frameOf())), frameOf())
})

test('an acknowledgement comes back as it was, with and without a refusal', () => {
  const acks: readonly Ack[] = [
    { stream: 'session.7', upTo: 4 },
    { stream: 'down.x.1', upTo: 0, expect: 1 },
    {
      stream: 'session.7',
      upTo: 4,
      beyond: [
        [6, 9],
        [11, 11],
      ],
    },
  ]
  for (const ack of acks) {
    assert.deepEqual(decodeAck(encodeAck(ack)), ack)
  }
})

const whole = encodeFrame(frameOf({ k: 'in', accounts: [juliet], stanza: hello }))
const unreadable: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['no line', '{}'],
  ['no JSON', 'x\n'],
  ['other fields', '{"s":"a"}\n'],
  ['contents cut short', whole.slice(0, -1)],
  ['contents too long', `${whole}x`],
]
for (const [name, text] of unreadable) {
  test(`a frame is refused: ${name}`, () => assert.throws(() => decodeFrame(text), UnreadableFrame))
}
test('an acknowledgement is refused: no JSON, no list, other fields', () => {
  for (const text of ['', '{}', '["a"]', '[1,2,3]', '["a",1,0,["x"]]'])
    assert.throws(() => decodeAck(text), UnreadableFrame)
})
