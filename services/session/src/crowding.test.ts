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

test('all is taken when the last of what was on its way has been, and what is sent since does not count', async () => {
  const load = createCrowding(100).of(cm)
  assert.equal(load.allTaken(), undefined)
  const seen: string[] = []
  const note = (name: string) => load.allTaken()?.then(() => seen.push(name))
  load.sends(1)
  load.sends(1)
  const [two, same] = [note('two'), note('the same two')]
  load.sends(1)
  const three = note('three')
  load.taken(1)
  assert.equal(await Promise.race([two, Promise.resolve('waits')]), 'waits')
  load.taken(1)
  await Promise.all([two, same])
  assert.deepEqual(seen, ['two', 'the same two'])
  load.taken(1)
  await three
  assert.equal(load.allTaken(), undefined)
})
