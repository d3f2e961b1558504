import assert from 'node:assert/strict'
import { test } from 'node:test'
import { percentile, spreadOf } from './spread.ts'

void test('the median of an odd and of an even number of runs, with the least and the most', () => {
  assert.deepEqual(spreadOf([30, 10, 20]), { median: 20, least: 10, most: 30 })
  assert.deepEqual(spreadOf([4, 1, 100, 2]), { median: 3, least: 1, most: 100 })
  assert.deepEqual(spreadOf([9]), { median: 9, least: 9, most: 9 })
  assert.equal(spreadOf([]), undefined)
})

void test('a percentile is one of the values', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, n) => n + 1)
  assert.equal(percentile(hundred, 0.5), 50)
  assert.equal(percentile(hundred, 0.99), 99)
  assert.equal(percentile(hundred, 1), 100)
  assert.equal(percentile([5], 0.5), 5)
  assert.equal(percentile([], 0.5), undefined)
})
