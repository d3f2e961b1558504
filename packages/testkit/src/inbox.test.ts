import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox } from './inbox.ts'

void test('an inbox gives what is there in order, and keeps what is not wanted', async () => {
  const inbox = new Inbox<number>()
  for (const n of [1, 2, 3]) inbox.put(n)
  assert.equal(await inbox.take((n) => n > 1), 2)
  assert.equal(await inbox.take(), 1)
  assert.deepEqual(inbox.untaken, [3])
})

void test('an inbox hands an arrival to the first who waits for it', async () => {
  const inbox = new Inbox<number>()
  const even = inbox.take((n) => n % 2 === 0)
  const any = inbox.take()
  for (const n of [1, 2, 3]) inbox.put(n)
  assert.deepEqual([await even, await any], [2, 1])
  assert.deepEqual(inbox.takeAll(), [3])
})

void test('a broken inbox fails those who wait and still gives what arrived', async () => {
  const inbox = new Inbox<number>()
  inbox.put(1)
  const never = assert.rejects(
    inbox.take((n) => n === 2),
    /gone/,
  )
  inbox.break(new Error('gone'))
  await never
  assert.equal(await inbox.take(), 1)
  await assert.rejects(inbox.take(), /gone/)
})
