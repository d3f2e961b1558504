import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSettled, microOf, type Round, together } from './rounds.ts'
import { microLine, microTable } from './table.ts'
import { unitOver } from './unit.ts'

const round = (cpuUs: number, bytes = 0): Round => ({ operations: 1000, cpuUs, bytes })
const rounds = (...cpuUs: readonly number[]) => cpuUs.map((us) => round(us))
const unit = (name: string) => ({ name, what: 'a message is read' })

void test('of the rounds the median counts, by the operation, with the least and the most', () => {
  const micro = microOf(unit('parser'), [round(5000, 400_000), round(4000, 300_000), round(9000, 300_400)])
  assert.deepEqual(micro, {
    name: 'parser',
    what: 'a message is read',
    cpu_us_p50: 5,
    cpu_us_min: 4,
    cpu_us_max: 9,
    bytes_p50: 300,
    rounds: 3,
    operations: 1000,
  })
  assert.throws(() => microOf(unit('parser'), []), /parser: no rounds/)
})

void test('a unit is warm when two rounds were no faster than those before', () => {
  assert.equal(isSettled(rounds(100, 100)), false)
  assert.equal(isSettled(rounds(100, 100, 96)), true)
  assert.equal(isSettled(rounds(100, 100, 94)), false)
  assert.equal(isSettled(rounds(100, 50, 100, 49)), true)
  assert.equal(isSettled(rounds(100, 50, 40, 39)), false)
})

void test('what is measured anew stands where it stood', () => {
  const [old, other] = ['parser', 'codec'].map((name) => microOf(unit(name), rounds(1)))
  const anew = microOf(unit('parser'), rounds(2))
  const last = microOf(unit('route'), rounds(3))
  assert.ok(old && other)
  assert.deepEqual(together([old, other], [anew, last]), [anew, other, last])
})

void test('the table tells how often a second one core could do it', () => {
  const micro = microOf(unit('parser'), [round(4000, 1_234_000), round(5000, 1_234_000), round(6000, 1_234_000)])
  assert.ok(microTable([micro]).endsWith('| parser | a message is read | 5 | 4–6 | 1,234 | 200,000 |'))
  assert.equal(microLine(micro), 'parser: 5 µs (4–6), 1,234 bytes, 3 rounds of 1000')
})

void test('a unit takes its samples in turn, and what each gives is in the sum', () => {
  const taken: number[] = []
  const four = unitOver([1, 2, 4, 8], unit('sum'), (sample) => {
    taken.push(sample)
    return sample
  })
  assert.equal(four.run(6), 18)
  assert.deepEqual(taken, [1, 2, 4, 8, 1, 2])
  assert.throws(() => unitOver([1, 2, 3], unit('sum'), Number), /3 samples/)
})
