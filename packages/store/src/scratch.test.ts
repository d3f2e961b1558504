// Slow: an embedded database.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openPglite } from './pglite.ts'
import { scratchFolder } from './scratch.ts'

/** What stands in the folders that copies share. */
const shared = (dir: string): string =>
  globSync(join(dir, 'base/{1,4}/*'))
    .toSorted()
    .map((file) => readFileSync(file).toString('latin1'))
    .join()

void test('what a test does to its database no other sees', async () => {
  await using one = await scratchFolder()
  await using other = await scratchFolder()
  const before = shared(other.dir)
  assert.ok(before.length > 1_000_000)
  {
    await using db = await openPglite(one.dir)
    await db.script(`create table mine (n int); insert into mine select generate_series(1, 100000);
      create role somebody; alter database template1 rename to another; comment on database postgres is 'mine'`)
    await db.script('vacuum full analyze')
  }
  assert.equal(shared(other.dir), before)
  await using db = await openPglite(other.dir)
  const [seen] = await db.query<{ n: number }>(`select count(*)::int as n from pg_class where relname = 'mine'`)
  assert.equal(seen?.n, 0)
})
