// Slow: an embedded database.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrate } from './migrate.ts'
import { openScratch } from './scratch.ts'
import { sharedSecret } from './secret.ts'

test('whoever asks first makes the secret, and everybody gets the same', async () => {
  await using db = await openScratch()
  await migrate(db)
  const [one, two] = await Promise.all([sharedSecret(db, 'auth'), sharedSecret(db, 'auth')])
  assert.equal(one.length, 32)
  assert.deepEqual(one, two)
  assert.notDeepEqual(await sharedSecret(db, 'other'), one)
})
