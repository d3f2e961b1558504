import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock, systemClock } from './clock.ts'

void test('a manual clock runs what falls due, in the order of time, also what that sets', () => {
  const clock = createManualClock()
  const ran: (readonly [string, number])[] = []
  const note = (name: string) => () => void ran.push([name, clock.now()])
  clock.setTimer(30, note('late'))
  clock.setTimer(10, () => {
    note('early')()
    clock.setTimer(10, note('inner'))
  })
  clock.setTimer(15, note('cancelled')).cancel()
  clock.advance(25)
  assert.deepEqual(
    [ran, clock.now(), clock.pending()],
    [
      [
        ['early', 10],
        ['inner', 20],
      ],
      25,
      1,
    ],
  )
})

void test('the system clock does not go back', () => {
  const before = systemClock.now()
  assert.ok(systemClock.now() >= before)
})
