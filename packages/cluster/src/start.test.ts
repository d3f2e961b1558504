import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '@jabiru/store'
import { memoryTable } from '../test/ground.ts'
import { createWorld } from '../test/world.ts'
import { createLeases } from './leases.ts'

/** One member that begins while `renew` fails so. */
function beginning(failures: Error[]) {
  const world = createWorld()
  const table = memoryTable(() => 1_000_000)
  const renew = (owner: string, onBus: boolean) => {
    const failure = failures.shift()
    return failure ? Promise.reject(failure) : table.renew(owner, onBus)
  }
  const faults: unknown[] = []
  const leases = createLeases({
    table: { ...table, renew },
    owner: 'a',
    partitions: 4,
    clock: { now: world.now, setTimer: world.at },
    ttlMs: 5_000,
    alone: false,
    isOnBus: () => true,
    onAcquired: () => undefined,
    onLost: () => undefined,
    onFreed: () => undefined,
    onFault: (fault) => faults.push(fault),
  })
  return { world, leases, faults }
}

test('a first round that meets a table that is away is told, and tried again until it comes', async () => {
  const away = [new StoreUnavailable('away'), new StoreUnavailable('deadlock detected (40P01)')]
  const { world, leases, faults } = beginning([...away])
  const started = leases.start()
  await world.runUntil(2_500)
  await started
  assert.equal(leases.held().length, 4)
  assert.deepEqual(faults, away)
})

test('a first round that the table refuses ends the start', async () => {
  const { leases } = beginning([new Error('permission denied')])
  await assert.rejects(leases.start(), /permission denied/)
})
