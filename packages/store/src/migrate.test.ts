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

void test('a database of a later release that has only added is served under, and left as it is', async () => {
  await migrate(db, [first])
  assert.deepEqual(await versions(), [1, 2])
})

void test('one that has taken away what this release uses is refused, and left as it is', async () => {
  const third = 'drop table one'
  await migrate(db, [first, second, third], 3)
  const refused = (known: number) => (err: unknown) =>
    err instanceof SchemaTooNew && err.found === 3 && err.known === known
  await assert.rejects(migrate(db, [first, second]), refused(2))
  await assert.rejects(migrate(db, [first]), refused(1))
  await migrate(db, [first, second, third], 3)
  assert.deepEqual(await versions(), [1, 2, 3])
})

void test('one that does not say what it needs is not served under by a release that knows less', async () => {
  await using old = await openScratch('nothing')
  await old.query('create table schema_version (version int primary key, at timestamptz not null default now())')
  await old.query('insert into schema_version (version) values (1), (2)')
  await assert.rejects(migrate(old, [first]), SchemaTooNew)
  // One that knows as much goes on from there.
  await migrate(old, [first, second, 'create table three (n int)'])
  await migrate(old, [first, second])
  await old.query('insert into schema_version (version) values (9)')
  await assert.rejects(migrate(old, [first, second]), SchemaTooNew)
})
