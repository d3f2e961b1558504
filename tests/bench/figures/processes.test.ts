import assert from 'node:assert/strict'
import { test } from 'node:test'
import { descendants, processTime, proportionalKb, secondsOf } from './processes.ts'

const stat = (pid: number, name: string, parent: number, times: string) =>
  `${pid} (${name}) S ${parent} 1 1 0 -1 4194304 100 200 0 0 ${times} 20 0 1 0 12345 1000000 500`

void test('proc(5): parent and times are read, whatever the name holds', () => {
  assert.deepEqual(processTime(stat(7, 'a) (b c', 3, '100 50 25 25')), { pid: 7, parent: 3, own: 1.5, reaped: 0.5 })
  assert.equal(processTime(''), undefined)
})

const TREE = [
  { pid: 2, parent: 1, own: 1, reaped: 4 },
  { pid: 3, parent: 2, own: 2, reaped: 0 },
  { pid: 4, parent: 1, own: 8, reaped: 0 },
  { pid: 5, parent: 4, own: 16, reaped: 0 },
  { pid: 9, parent: 8, own: 32, reaped: 0 },
]

void test('descendants are found at any depth, without the root, a stranger and what is left out', () => {
  const pids = (root: number, except: readonly number[] = []) =>
    descendants(TREE, root, new Set(except)).map(({ pid }) => pid)
  assert.deepEqual(pids(1), [2, 3, 4, 5])
  assert.deepEqual(pids(1, [4]), [2, 3])
  assert.deepEqual(pids(3), [])
})

void test('what a child used that has ended is counted with its parent', () => {
  assert.equal(secondsOf(descendants(TREE, 1, new Set([4]))), 7)
})

void test('of what processes share each has its part; a zombie has none', () => {
  const rollup = '00400000-7fff [rollup]\nRss:   51200 kB\nPss:   12800 kB\nPss_Anon:  2800 kB\n'
  assert.equal(proportionalKb(rollup), 12_800)
  assert.equal(proportionalKb(''), 0)
})
