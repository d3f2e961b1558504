import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CountersWrong, Management } from './management.ts'
import { xml } from './markup.ts'

const [a, b, c] = [xml`<message/>`.element(), xml`<presence/>`.element(), xml`<iq/>`.element()]

function sentThree(): Management {
  const management = new Management()
  for (const stanza of [a, b, c]) management.goesOut(stanza)
  return management
}

void test('XEP-0198 §4 a confirmed stanza is let go of, the others are kept in order', () => {
  const management = sentThree()
  management.confirms('2')
  assert.deepEqual(management.unconfirmed, [c])
  management.confirms('2')
  assert.deepEqual(management.unconfirmed, [c])
})

for (const [title, h] of [
  ['beyond what was sent', '4'],
  ['missing', undefined],
  ['negative', '-1'],
  ['not a number', 'x'],
  ['written with a leading zero', '01'],
] as const) {
  void test(`XEP-0198 §4 an h that is ${title} is refused`, () => {
    assert.throws(() => {
      sentThree().confirms(h)
    }, CountersWrong)
  })
}

void test('XEP-0198 §4 an h that goes back is refused', () => {
  const management = sentThree()
  management.confirms('2')
  assert.throws(() => {
    management.confirms('1')
  }, CountersWrong)
})

void test('XEP-0198 §4 counters wrap to zero after 2^32 - 1', () => {
  const management = new Management()
  management.received = 2 ** 32 - 1
  management.cameIn()
  assert.equal(management.received, 0)
  management.sent = 2 ** 32 - 1
  management.confirmed = 2 ** 32 - 1
  management.goesOut(a)
  management.confirms('0')
  assert.deepEqual([management.sent, management.unconfirmed], [0, []])
})

void test('XEP-0198 §5 what is not sent again counts as never sent', () => {
  const management = sentThree()
  management.confirms('1')
  management.withdraws(management.unconfirmed[0] ?? a)
  assert.equal(management.unconfirmed.length, 1)
  management.confirms('2')
  assert.deepEqual([management.sent, management.unconfirmed], [2, []])
})
