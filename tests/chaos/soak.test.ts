import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFlat, soakedOf } from './soak.ts'

const MB = 1024 * 1024
const going = (...mb: readonly number[]) => soakedOf(new Map([['core 0', mb.map((n) => n * MB)]]))

test('memory that comes and goes is flat', () => {
  const soaked = going(80, 120, 150, 130, 152, 128, 131, 154, 127)
  assert.deepEqual(soaked, [{ name: 'core 0', first_mb: 80, last_mb: 127, most_before_mb: 152, most_mb: 154 }])
  assert.ok(isFlat(soaked))
})

test('memory that grows from third to third is not', () => {
  assert.equal(isFlat(going(100, 105, 110, 115, 120, 125, 130, 135, 140)), false)
})

test('nothing that was looked at is no proof', () => {
  assert.equal(isFlat([]), false)
})
