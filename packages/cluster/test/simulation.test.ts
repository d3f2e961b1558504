// Slow: thousands of schedules.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MUTATIONS, type Mutation } from './mutations.ts'
import { print, type Schedule, schedule } from './schedule.ts'
import { firstBroken, report, type Search, search, seedsOf } from './search.ts'
import { shrink } from './shrink.ts'
import { simulate } from './simulate.ts'

const FIRST = Number(process.env['JABIRU_TEST_SEED'] ?? 1)

const assertKept = ({ found }: Search) => assert.equal(found && report(found), undefined)

test('a few members, whatever befalls them, keep every promise', async () => {
  assertKept(await search(seedsOf(`${FIRST}..${FIRST + 29}`), { members: 8 }))
})

test('a crowd, whatever befalls it, keeps every promise', async () => {
  const crowd = { members: 40, least: 40, partitions: 64, lengthMs: 10_000 }
  assertKept(await search([FIRST], crowd))
})

const broken = (name: string): Mutation => {
  const mutation = MUTATIONS[name]
  assert.ok(mutation)
  return mutation
}

test('a write without its token is noticed, and what is told is short', async () => {
  const { rules } = broken('unfenced-write')
  const { found } = await search(seedsOf('21..30'), { members: 8 }, await rules())
  assert.equal(found?.broken.promise, 'a write of an old owner never lands after a write or a read of a new one')
  assert.ok(found.least.events.length <= 3, report(found))
})

test('a deadline that is counted from the answer is noticed', async () => {
  const { rules } = broken('late-deadline')
  const { broken: found } = await firstBroken(seedsOf('65..75'), { members: 8 }, await rules())
  assert.equal(found?.promise, 'two never act for one partition at once')
})

test('a schedule runs the same each time', async () => {
  const one = schedule(7, { members: 8 })
  assert.deepEqual(await simulate(one), await simulate(one))
})

test('shrinking keeps what breaks the rule, and nothing else', async () => {
  const members = Array.from({ length: 9 }, (_, i) => `m${i}`)
  const whole: Schedule = {
    seed: 1,
    partitions: 16,
    events: [
      ...members.map((member, i) => ({ atMs: i, kind: 'join', member, rate: 1.01 }) as const),
      ...members.map((member, i) => ({ atMs: 100 + i, kind: 'pause', member, forMs: 8_000 }) as const),
      ...members.map((member, i) => ({ atMs: 200 + i, kind: 'crash', member }) as const),
    ],
  }
  // As if it mattered that one stands still for a second before another is killed.
  const fails = async ({ events }: Schedule) => {
    const pause = events.findIndex((event) => event.kind === 'pause' && event.member === 'm3' && event.forMs >= 1_000)
    const crash = events.findIndex((event) => event.kind === 'crash' && event.member === 'm7')
    return pause >= 0 && pause < crash ? 'in the end nothing moves' : undefined
  }
  const least = await shrink(whole, fails)
  const lines = print(least).split('\n').slice(1)
  assert.deepEqual(lines, ['   0.10 s  m3 stands still for 1.00 s', '   0.21 s  m7 is killed'])
})

test('what cannot be read as seeds is refused', () => {
  assert.deepEqual(seedsOf('3..5'), [3, 4, 5])
  for (const text of ['', '5..3', 'all', '1..']) assert.throws(() => seedsOf(text), /--seeds takes/)
})
