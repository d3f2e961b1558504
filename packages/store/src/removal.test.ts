// Slow: an embedded database.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrate } from './migrate.ts'
import { beginRemoval, endRemoval, removeAccount, removeMarked, unfinishedRemovals } from './removal.ts'
import { openScratch } from './scratch.ts'

void test('an account that is removed leaves nothing under its address, and others keep theirs', async () => {
  await using db = await openScratch()
  await migrate(db)
  const columns = await db.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
      where table_schema = 'public' and (column_name = 'owner' or (table_name = 'account' and column_name = 'jid'))
        and table_name not in ('lease', 'lease_beat')`,
  )
  const fill = (jid: string) => [
    `insert into account (jid, credentials) values ('${jid}', '{}')`,
    `insert into archive values ('${jid}', 1, 'i', 'p@x', null, false, now(), 'chat', true, true, null, '<message/>')`,
    `insert into delivery values ('${jid}', 1, '{}', 1, 1)`,
    `insert into roster_item (owner, contact, subscription, ask, approved, groups, ver)
       values ('${jid}', 'c@x', 'none', false, false, '{}', 1)`,
    `insert into roster_version values ('${jid}', 1)`,
    `insert into roster_request values ('${jid}', 'c@x', '<presence/>', now())`,
    `insert into last_seen values ('${jid}', now(), '')`,
    `insert into blocked values ('${jid}', 'c@x')`,
    `insert into archive_preference values ('${jid}', 'never', '{}', '{}')`,
    `insert into private_data values ('${jid}', 'x:y', 'z', '<query/>')`,
    `insert into vcard values ('${jid}', '<vCard/>')`,
  ]
  await db.script([...fill('romeo@x'), ...fill('juliet@x')].join(';'))
  const counts = async (jid: string) =>
    Promise.all(
      columns.map(async ({ table, column }) => {
        const [row] = await db.query<{ n: number }>(`select count(*) as n from ${table} where ${column} = $1`, [jid])
        return [table, row?.n] as const
      }),
    )
  // Every table that keeps something under an address is filled here: a new one makes this fail until it is removed too.
  assert.deepEqual(
    (await counts('romeo@x')).filter(([, n]) => n !== 1),
    [],
  )
  assert.equal(await removeAccount(db, 'romeo@x'), true)
  assert.deepEqual(
    (await counts('romeo@x')).filter(([, n]) => n !== 0),
    [],
  )
  assert.deepEqual(
    (await counts('juliet@x')).filter(([, n]) => n !== 1),
    [],
  )
  assert.equal(await removeAccount(db, 'romeo@x'), false)
})

void test('a removal that has begun is remembered until it is finished', async () => {
  await using db = await openScratch()
  await migrate(db)
  await db.script(`insert into account (jid, credentials) values ('romeo@x', '{}'), ('juliet@x', '{}')`)
  assert.equal(await beginRemoval(db, 'nobody@x'), false)
  assert.equal(await beginRemoval(db, 'romeo@x'), true)
  const enabled = await db.query('select jid, enabled from account order by jid')
  assert.deepEqual(enabled, [
    { jid: 'juliet@x', enabled: true },
    { jid: 'romeo@x', enabled: false },
  ])
  await removeMarked(db, 'romeo@x')
  await removeMarked(db, 'juliet@x')
  assert.deepEqual(await db.query('select jid from account'), [{ jid: 'juliet@x' }])
  // It may be begun once more, also where the account is gone already.
  assert.equal(await beginRemoval(db, 'romeo@x'), true)
  assert.deepEqual(await unfinishedRemovals(db), ['romeo@x'])
  await endRemoval(db, 'romeo@x')
  assert.deepEqual(await unfinishedRemovals(db), [])
  assert.equal(await beginRemoval(db, 'romeo@x'), false)
})
