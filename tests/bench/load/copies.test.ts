import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, copiesAmong, copyAt } from './copies.ts'

void test('a message is everywhere when all occupants have it, each by a copy of his own', () => {
  const copies = copiesAmong(3, 1)
  const seq = copies.write(0, 100)
  const came = [0, 1, 2].map((occupant) => copies.arrive(occupant, { writer: 0, seq }, 110 + occupant))
  assert.deepEqual(came, [
    { took: 10, isLast: false },
    { took: 11, isLast: false },
    { took: 12, isLast: true },
  ])
  assert.deepEqual([copies.due(), copies.arrived(), copies.faults], [3, 3, []])
})

void test('what comes twice, or was not written, is a fault and does not count', () => {
  const copies = copiesAmong(2, 1)
  copies.write(0, 0)
  copies.arrive(1, { writer: 0, seq: 0 }, 1)
  for (const copy of [
    { writer: 0, seq: 0 },
    { writer: 0, seq: 1 },
    { writer: 1, seq: 0 },
    { writer: Number.NaN, seq: Number.NaN },
  ])
    assert.equal(copies.arrive(1, copy, 2), undefined)
  assert.equal(copies.arrived(), 1)
  assert.deepEqual(copies.faults, [
    'occupant 1 was sent 0:0, which was not to come',
    'occupant 1 was sent 0:1, which was not to come',
    'occupant 1 was sent 1:0, which was not to come',
    'occupant 1 was sent NaN:NaN, which was not to come',
  ])
})

void test('a gap is a fault, and what was left out does not come any more', () => {
  const copies = copiesAmong(1, 2)
  for (const writer of [0, 0, 1]) copies.write(writer, 0)
  assert.ok(copies.arrive(0, { writer: 1, seq: 0 }, 1), 'writers are apart')
  assert.ok(copies.arrive(0, { writer: 0, seq: 1 }, 1))
  assert.equal(copies.arrive(0, { writer: 0, seq: 0 }, 1), undefined)
  assert.deepEqual(copies.faults, [
    'occupant 0 was sent 0:1 where 0:0 was to come',
    'occupant 0 was sent 0:0, which was not to come',
  ])
  assert.deepEqual([copies.due(), copies.arrived()], [3, 2])
})

void test('XEP-0045 §7.4 — a copy comes from its writer in the room; a subject is none (§7.2.15)', () => {
  const subject = `<message from='r@c/u3' type='groupchat'><subject/></message>`
  const message = `<message type='groupchat' from='r@c/u3'><x/><body>${bodyOf(3, 12, 'text: 4')}</body></message>`
  const text = subject + message
  assert.equal(copyAt(text, 0, subject.length), undefined)
  assert.deepEqual(copyAt(text, subject.length, text.length), { from: 'r@c/u3', writer: 3, seq: 12 })
})
