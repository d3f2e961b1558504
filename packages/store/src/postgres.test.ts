// Slow: an engine of its own.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import { storeContract } from './contract/contract.ts'
import { openPostgres } from './postgres.ts'

const server = await startPostgres()
after(() => server[Symbol.asyncDispose]())

await storeContract('postgres', () => openPostgres({ url: server.url }))

test('what may not wait has a connection of its own, within the number of all', async () => {
  await using database = await openPostgres({ url: server.url, poolSize: 3 })
  const locked = Promise.withResolvers<void>()
  let begun = 0
  const both = Promise.withResolvers<void>()
  const hold = () => {
    if (++begun === 2) both.resolve()
    return locked.promise
  }
  const held = Array.from({ length: 3 }, () => database.transaction(hold))
  await both.promise
  assert.deepEqual(await database.ahead?.query('select 1 as one'), [{ one: 1 }])
  assert.equal(begun, 2)
  locked.resolve()
  await Promise.all(held)
  await using single = await openPostgres({ url: server.url, poolSize: 1 })
  assert.equal(single.ahead, undefined)
})
