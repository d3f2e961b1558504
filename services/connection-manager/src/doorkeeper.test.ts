import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { createDoorkeeper, householdOf } from './doorkeeper.ts'

const LIMITS = { total: 100, perAddress: 100, attempts: 100 }

test('RFC 6120 §13.12 an address may begin only so many connections within a minute, also such as end at once', () => {
  const clock = createManualClock()
  const doors = createDoorkeeper({ ...LIMITS, attempts: 2 }, clock.now)
  const tries = (address: string) => {
    const reason = doors.admit(address)
    if (reason === undefined) doors.leave(address)
    return reason
  }
  assert.deepEqual([tries('192.0.2.1'), tries('192.0.2.1')], [undefined, undefined])
  assert.equal(tries('192.0.2.1'), 'policy-violation')
  assert.equal(tries('192.0.2.2'), undefined)
  assert.equal(doors.count(), 0)
  clock.advance(59_999)
  assert.equal(tries('192.0.2.1'), 'policy-violation')
  clock.advance(1)
  assert.equal(tries('192.0.2.1'), undefined)
})

test('RFC 6120 §13.12 too many of one address are a matter of policy, and too many in all one of what there is', () => {
  const doors = createDoorkeeper({ ...LIMITS, total: 2, perAddress: 1 }, createManualClock().now)
  assert.equal(doors.admit('192.0.2.1'), undefined)
  assert.equal(doors.admit('192.0.2.1'), 'policy-violation')
  assert.equal(doors.admit('192.0.2.2'), undefined)
  assert.equal(doors.admit('192.0.2.3'), 'resource-constraint')
  doors.leave('192.0.2.2')
  assert.equal(doors.admit('192.0.2.3'), undefined)
})

const households: readonly (readonly [string, string])[] = [
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::1', '0:0:0:0'],
  ['2001:db8:1:2::3', '2001:db8:1:2'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
]
for (const [address, expected] of households) {
  test(`${address} belongs to ${expected}`, () => assert.equal(householdOf(address), expected))
}
