import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReceiveWindow, createSendWindow } from './window.ts'

const nothing = () => {}

test('a cumulative acknowledgement settles everything up to its number, once and in order', () => {
  const window = createSendWindow<string>()
  const settled: number[] = []
  for (const n of [1, 2, 3])
    assert.equal(
      window.push(`s${n}`, 10, () => settled.push(n)),
      n,
    )
  assert.equal(window.ack(2), true)
  assert.deepEqual(settled, [1, 2])
  assert.equal(window.ack(2), false)
  assert.equal(window.bytes(), 10)
  assert.equal(window.base(), 3)
})

test('what was sent is not taken again until the window is rewound', () => {
  const window = createSendWindow<string>()
  for (const item of ['a', 'b', 'c']) window.push(item, 1, nothing)
  assert.deepEqual(window.take(2), { first: 1, items: ['a', 'b'] })
  assert.deepEqual(window.take(9), { first: 3, items: ['c'] })
  assert.equal(window.unsent(), false)
  window.rewind(2)
  assert.deepEqual(window.take(9), { first: 2, items: ['b', 'c'] })
  window.ack(1)
  window.rewind()
  assert.deepEqual(window.take(9), { first: 2, items: ['b', 'c'] })
})

test('a window is not rewound below what is acknowledged, nor by an acknowledgement of what was never sent', () => {
  const window = createSendWindow<string>()
  for (const item of ['a', 'b']) window.push(item, 1, nothing)
  window.take(2)
  window.ack(1)
  window.rewind(1)
  assert.deepEqual(window.take(9), { first: 2, items: ['b'] })
  window.ack(99)
  assert.equal(window.unacknowledged(), false)
  assert.equal(window.high(), 2)
})

test('an acknowledgement of what is settled beyond the prefix leaves holes, which have no content when sent again', () => {
  const window = createSendWindow<string>()
  const settled: number[] = []
  for (const n of [1, 2, 3, 4, 5]) window.push(`s${n}`, 10, () => settled.push(n))
  window.take(9)
  const beyond = [
    [2, 3],
    [5, 5],
  ] as const
  assert.equal(window.ack(0, beyond), true)
  assert.equal(window.ack(0, beyond), false)
  assert.deepEqual(settled, [2, 3, 5])
  assert.equal(window.bytes(), 20)
  window.rewind()
  assert.deepEqual(window.take(9), { first: 1, items: ['s1', undefined, undefined, 's4', undefined] })
  assert.equal(window.ack(1), true)
  assert.equal(window.base(), 4)
  assert.equal(window.ack(4), true)
  assert.deepEqual(settled, [2, 3, 5, 1, 4])
  assert.equal(window.unacknowledged(), false)
  assert.equal(window.bytes(), 0)
})

test('a window that is settled from its end keeps its numbers', () => {
  const window = createSendWindow<number>()
  for (let n = 1; n <= 5000; n++) window.push(n, 1, nothing)
  window.take(5000)
  window.ack(2000)
  for (let n = 5000; n > 2001; n--) window.ack(2000, [[n, n]])
  window.rewind()
  assert.deepEqual(window.take(1), { first: 2001, items: [2001] })
  window.ack(2001)
  assert.equal(window.push(0, 1, nothing), 5001)
  assert.equal(window.base(), 5001)
})

test('a receiver refuses a gap and skips what it has', () => {
  const window = createReceiveWindow(1)
  assert.deepEqual(window.accept(1, 2), { skip: 0, gap: false })
  assert.deepEqual(window.accept(4, 1), { skip: 1, gap: true })
  assert.deepEqual(window.accept(2, 2), { skip: 1, gap: false })
  assert.equal(window.expected(), 4)
})

test('a receiver tells the settled prefix', () => {
  const window = createReceiveWindow(5)
  window.accept(5, 3)
  window.settle(6)
  assert.equal(window.settled(), 4)
  window.settle(5)
  assert.equal(window.settled(), 6)
  window.settle(7)
  assert.equal(window.settled(), 7)
})

test('a receiver tells what is settled beyond the prefix, joined into ranges, in any order of settling', () => {
  const window = createReceiveWindow(1)
  window.accept(1, 10)
  for (const n of [9, 4, 7, 5, 8, 3, 9]) window.settle(n)
  assert.equal(window.settled(), 0)
  assert.deepEqual(window.beyond(), [
    [3, 5],
    [7, 9],
  ])
  window.settle(1)
  window.settle(2)
  assert.equal(window.settled(), 5)
  assert.deepEqual(window.beyond(), [[7, 9]])
  window.settle(6)
  assert.equal(window.settled(), 9)
  assert.deepEqual(window.beyond(), [])
})

test('what a receiver refuses to handle it expects once more', () => {
  const window = createReceiveWindow(1)
  window.accept(1, 4)
  window.refuse(3)
  assert.equal(window.expected(), 3)
  assert.deepEqual(window.accept(1, 4), { skip: 2, gap: false })
})
