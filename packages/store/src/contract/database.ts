import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Database, SqlError, StoreUnavailable } from '../database.ts'

class Crash extends Error {}

/** Statements, values, transactions and errors. `open` gives another database, which the suite closes. */
export function databaseContract(name: string, db: Database, open: () => Promise<Database>): void {
  before(() => db.script('drop table if exists note; create table note (n bigint primary key, words text)'))

  const notes = async (): Promise<readonly number[]> =>
    (await db.query<{ n: number }>('select n from note order by n')).map((row) => row.n)

  void test(`[${name}] values come back as they went in`, async () => {
    const at = new Date('2026-11-21T03:34:55.435Z')
    const words = ['plain', 'quote " back \\ comma , {brace}', 'NULL', null, '', 'é 👋\n']
    const [row] = await db.query(
      'select $1::int8 as big, $2::jsonb as json, $3::int8[] as bigs, $4::text[] as words, $5::timestamptz as at, $6::bool as yes, $7::bool[] as many, $8::text as nothing, $9::int4 as small, $10::timestamptz[] as times, $11::int8[] as none',
      [
        Number.MAX_SAFE_INTEGER,
        JSON.stringify({ a: [1, null] }),
        [1, -2],
        words,
        at,
        true,
        [true, false],
        null,
        5,
        [at],
        [],
      ],
    )
    assert.deepEqual(row, {
      big: Number.MAX_SAFE_INTEGER,
      json: { a: [1, null] },
      bigs: [1, -2],
      words,
      at,
      yes: true,
      many: [true, false],
      nothing: null,
      small: 5,
      times: [at],
      none: [],
    })
  })

  void test(`[${name}] bytes come back as they went in`, async () => {
    const bytes = new Uint8Array([0, 1, 254, 255])
    const [row] = await db.query<{ bytes: Uint8Array }>('select $1::bytea as bytes', [bytes])
    assert.deepEqual(new Uint8Array(row?.bytes ?? []), bytes)
  })

  void test(`[${name}] an int8 beyond 2^53 is refused, never rounded`, async () => {
    await assert.rejects(
      db.query('select 9007199254740993::int8 as n'),
      (err) => err instanceof SqlError && err.sqlstate === '22003',
    )
    await assert.rejects(db.query("select '{1,9007199254740993}'::int8[] as n"), SqlError)
  })

  const refused = [
    ['23505', 'insert into note values (1, null), (1, null)', []],
    ['22021', 'select $1::text', ['a\0b']],
    ['22012', 'select 1 / 0', []],
    ['42601', 'selec 1', []],
    ['42P01', 'select 1 from nowhere', []],
  ] as const
  for (const [sqlstate, sql, params] of refused) {
    void test(`[${name}] a refusal carries its sqlstate: ${sqlstate}`, async () => {
      await assert.rejects(db.query(sql, params), (err) => err instanceof SqlError && err.sqlstate === sqlstate)
    })
  }

  void test(`[${name}] a constraint is named`, async () => {
    await assert.rejects(
      db.query('insert into note values (2, null), (2, null)'),
      (err) => err instanceof SqlError && err.constraint === 'note_pkey',
    )
  })

  void test(`[${name}] a transaction that returns is committed`, async () => {
    const answer = await db.transaction(async (q) => {
      await q.query('insert into note values (10, $1)', ['kept'])
      return 'done'
    })
    assert.equal(answer, 'done')
    assert.ok((await notes()).includes(10))
  })

  void test(`[${name}] a transaction that throws leaves nothing behind, and its error comes through`, async () => {
    const crash = new Crash()
    const run = db.transaction(async (q) => {
      await q.query('insert into note values (20, null)')
      throw crash
    })
    await assert.rejects(run, (err) => err === crash)
    assert.ok(!(await notes()).includes(20))
  })

  void test(`[${name}] a transaction that hides a refused statement is not taken for committed`, async () => {
    const run = db.transaction(async (q) => {
      await q.query('insert into note values (30, null)')
      await assert.rejects(q.query('select 1 / 0'), SqlError)
    })
    await assert.rejects(run, SqlError)
    assert.ok(!(await notes()).includes(30))
  })

  void test(`[${name}] nobody outside sees a transaction before it is committed`, async () => {
    const inserted = Promise.withResolvers<undefined>()
    const run = db.transaction(async (q) => {
      await q.query('insert into note values (40, null)')
      inserted.resolve(undefined)
      await q.query('insert into note values (41, null)')
    })
    await inserted.promise
    const seen = (await notes()).filter((n) => n === 40 || n === 41)
    await run
    assert.notEqual(seen.length, 1)
  })

  void test(`[${name}] a hundred queries at once each get their own answer`, async () => {
    const rows = await Promise.all(
      Array.from({ length: 100 }, (_, n) => db.query<{ n: number }>('select $1::int4 as n', [n])),
    )
    assert.deepEqual(
      rows.flat().map((row) => row.n),
      Array.from({ length: 100 }, (_, n) => n),
    )
  })

  void test(`[${name}] a script runs several statements and stops at the first refusal`, async () => {
    await assert.rejects(
      db.script('insert into note values (50, null); select 1 / 0; insert into note values (51, null)'),
      SqlError,
    )
    assert.ok(!(await notes()).includes(51))
  })

  void test(`[${name}] a working database passes its check`, () => db.check())

  void test(`[${name}] a closed database refuses`, async () => {
    const other = await open()
    await other.close()
    await other.close()
    await assert.rejects(other.query('select 1'), StoreUnavailable)
    await assert.rejects(other.check(), StoreUnavailable)
    await assert.rejects(
      other.transaction(() => Promise.resolve()),
      StoreUnavailable,
    )
  })
}
