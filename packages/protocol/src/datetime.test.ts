import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDateTime, formatOffset, parseDateTime, parseOffset } from './datetime.ts'

const VALID: readonly (readonly [string, string])[] = [
  ['1969-07-21T02:56:15Z', '1969-07-21T02:56:15Z'],
  ['1969-07-20T21:56:15-05:00', '1969-07-21T02:56:15Z'],
  ['2002-09-10T23:08:25.5Z', '2002-09-10T23:08:25.500Z'],
  ['2002-09-10T23:08:25.123456+05:30', '2002-09-10T17:38:25.123Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
]
for (const [text, utc] of VALID) {
  void test(`XEP-0082 §3.2 ${text} is ${utc}`, () => {
    const ms = parseDateTime(text)
    assert.ok(ms !== undefined)
    assert.equal(formatDateTime(ms), utc)
  })
}

const INVALID = [
  '',
  '2002-09-10',
  '20020910T23:08:25',
  '2002-09-10T23:08:25',
  '2002-09-10 23:08:25Z',
  '2002-13-10T23:08:25Z',
  '2023-02-29T00:00:00Z',
  '2002-09-10T25:00:00Z',
  '2002-09-10T23:08:61Z',
  '2002-09-10T23:08:25+15:00',
  '2002-09-10T23:08:25Z ',
]
for (const text of INVALID) {
  void test(`XEP-0082 §3.2 «${text}» is no date and time`, () => {
    assert.equal(parseDateTime(text), undefined)
  })
}

for (const [text, minutes] of [
  ['Z', 0],
  ['-06:00', -360],
  ['+05:45', 345],
] as const) {
  void test(`XEP-0082 §3.2 the offset ${text} is ${minutes} minutes, both ways`, () => {
    assert.equal(parseOffset(text), minutes)
    assert.equal(formatOffset(minutes), text)
  })
}

void test('XEP-0082 §3.2 +00:00 is no offset, and half a number is none either', () => {
  assert.equal(parseOffset('+00:00'), 0)
  assert.equal(parseOffset('+5:45'), undefined)
  assert.equal(parseOffset('+05:60'), undefined)
})
