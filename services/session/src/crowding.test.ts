import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCrowding } from './crowding.ts'

const cm = { id: 'cm', epoch: 1 }

test('there is room for what is within the bound, and beyond it when what waits has been taken or given up', async () => {
  const crowding = createCrowding(100)
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  crowding.sends(cm, 100, first.promise)
  assert.equal(crowding.room(cm), undefined)
  crowding.sends(cm, 1, second.promise)
  assert.equal(crowding.room({ ...cm, epoch: 2 }), undefined)
  const room = crowding.room(cm)
  assert.ok(room)
  first.resolve()
  second.reject(new Error('given up'))
  await room
  assert.equal(crowding.room(cm), undefined)
})
