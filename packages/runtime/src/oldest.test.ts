import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dropOldest } from './oldest.ts'

void test('the oldest goes, and only where there is one too many', () => {
  const map = new Map([
    ['', 1],
    ['b', 2],
  ])
  dropOldest(map, 2)
  assert.equal(map.size, 2)
  dropOldest(map.set('c', 3), 2)
  assert.deepEqual([...map.keys()], ['b', 'c'])
  const set = new Set([0, 1])
  dropOldest(set, 1)
  assert.deepEqual([...set], [1])
  dropOldest(new Set<string>(), 0)
})
