import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCrowding } from './crowding.ts'

const cm = { id: 'cm', epoch: 1 }

test('there is room for what is within the bound, and beyond it when enough of what waits has been taken or given up', async () => {
  const crowding = createCrowding(100)
  const load = crowding.of(cm)
  load.sends(100)
  assert.equal(crowding.of(cm).room(), undefined)
  load.sends(1)
  assert.equal(crowding.of({ ...cm, epoch: 2 }).room(), undefined)
  const room = crowding.of(cm).room()
  assert.ok(room)
  assert.equal(await Promise.race([room, Promise.resolve('waits')]), 'waits')
  load.taken(1)
  await room
  assert.equal(crowding.of(cm).room(), undefined)
})
