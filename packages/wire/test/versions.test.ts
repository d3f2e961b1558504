import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Envelope } from '../src/envelope.ts'
import { type Ack, decodeAck, decodeFrame, encodeAck, encodeFrame, type Frame } from '../src/frame.ts'
import { WIRE } from '../src/subjects.ts'
import { decodeFrame as lastDecodes, decodeAck as lastDecodesAck, encodeFrame as lastEncodes } from './frozen/frame.ts'
import { SAMPLES } from './frozen/samples.ts'

/** What the last release wrote, a line for each sample: `node packages/wire/test/freeze.ts` makes it of what is there. */
const written = readFileSync(join(import.meta.dirname, 'frozen/frames.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): string => JSON.parse(line))

const frameOf = (envelope: Envelope): Frame => ({
  stream: 'session.7~1',
  from: { id: 'a1', epoch: 12 },
  base: 3,
  first: 4,
  high: 9,
  envelopes: [envelope],
})

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The frame as a later version may write it: with more in it, wherever there can be more. */
function grown(text: string): string {
  const end = text.indexOf('\n')
  const more = (_: string, value: unknown) => (isRecord(value) ? { ...value, later: ['more', 1] } : value)
  return `${JSON.stringify(JSON.parse(text.slice(0, end)), more)}${text.slice(end)}`
}

/** Without what nobody knows yet. */
function known<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (key, one: unknown) => (key === 'later' ? undefined : one))
}

void test('the major version of the bus is the one that is frozen', () => assert.equal(WIRE, 'v1'))

void test('of each sample there is what was written', () => assert.equal(written.length, Object.keys(SAMPLES).length))

Object.values(SAMPLES).forEach((sample: Envelope, i) => {
  const text = written[i] ?? ''
  void test(`${sample.k} of the last release is read as it was meant`, () => {
    assert.deepEqual(decodeFrame(text), frameOf(sample))
    assert.equal(lastEncodes(frameOf(sample)), text)
  })
  void test(`${sample.k} of this release is read by the last one`, () => {
    assert.deepEqual(lastDecodes(encodeFrame(frameOf(sample))), frameOf(sample))
  })
  void test(`${sample.k} with more in it than is known is read, by this release and by the last one`, () => {
    for (const decode of [decodeFrame, lastDecodes]) {
      const read = decode(grown(encodeFrame(frameOf(sample))))
      assert.notDeepEqual(read.envelopes, frameOf(sample).envelopes)
      assert.deepEqual(known(read.envelopes), known(frameOf(sample).envelopes))
    }
  })
})

void test('an envelope of a kind that is not known is handed on as it is, and what stands beside it is read', () => {
  const message = SAMPLES.in
  const text = encodeFrame({ ...frameOf(message), envelopes: [message, message] }).replace('"k":"in"', '"k":"later"')
  for (const decode of [decodeFrame, lastDecodes])
    assert.deepEqual(decode(text).envelopes, [{ ...message, k: 'later' }, message])
})

void test('acknowledgements are read either way, also with more in them', () => {
  const acks: readonly (readonly [string, Ack])[] = [
    ['["session.7~1",4,0]', { stream: 'session.7~1', upTo: 4 }],
    ['["session.7~1",4,6]', { stream: 'session.7~1', upTo: 4, expect: 6 }],
    [
      '["session.7~1",4,0,[6,7,9,9]]',
      {
        stream: 'session.7~1',
        upTo: 4,
        beyond: [
          [6, 7],
          [9, 9],
        ],
      },
    ],
  ]
  for (const [text, ack] of acks) {
    assert.deepEqual(decodeAck(text), ack)
    assert.deepEqual(lastDecodesAck(encodeAck(ack)), ack)
  }
  for (const decode of [decodeAck, lastDecodesAck])
    assert.deepEqual(decode('["session.7~1",4,0,[],{"later":1}]'), { stream: 'session.7~1', upTo: 4 })
})
