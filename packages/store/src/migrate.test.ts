// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { SqlError } from './database.ts'
import { migrate, SchemaTooNew } from './migrate.ts'
import { openScratch } from './scratch.ts'

const db = await openScratch('nothing')
after(() => db.close())

const first = 'create table one (n int); create index one_n on one (n)'
const second = 'create table two (n int)'
const versions = async (): Promise<readonly number[]> =>
  (await db.query<{ version: number }>('select version from schema_version order by version')).map((row) => row.version)

void test('steps are applied in order, each once, however many ask at the same time', async () => {
  await migrate(db, [first])
  await Promise.all([migrate(db, [first, second]), migrate(db, [first, second]), migrate(db, [first, second])])
  assert.deepEqual(await versions(), [1, 2])
})

void test('a step that is refused leaves nothing of itself behind', async () => {
  const broken = 'create table three (n int); create table one (n int)'
  await assert.rejects(migrate(db, [first, second, broken]), SqlError)
  assert.deepEqual(await versions(), [1, 2])
  await assert.rejects(db.query('select n from three'), SqlError)
})

void test('a database of a later release is refused and left as it is', async () => {
  await assert.rejects(migrate(db, [first]), (err) => err instanceof SchemaTooNew && err.found === 2 && err.known === 1)
  assert.deepEqual(await versions(), [1, 2])
})
