import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Database, SqlError } from '../database.ts'
import { fenced } from '../fenced.ts'
import { plot } from './house.ts'

const put = `insert into roster_version (owner, ver) select $1, $2::bigint from fence
             on conflict (owner) do update set ver = excluded.ver returning ver`

/** Single statements that a lease fences. */
export function fencedContract(name: string, db: Database): void {
  const version = async (owner: string): Promise<number | undefined> => {
    const [row] = await db.query<{ ver: number }>('select ver from roster_version where owner = $1', [owner])
    return row?.ver
  }

  void test(`[${name}] a fenced statement writes while the token stands, and gives back what it returns`, async () => {
    const { service, fence, owner } = await plot(db)
    assert.deepEqual(await fenced(db, { ...fence, service }, { sql: put, params: [owner, 1] }), [{ ver: 1 }])
    assert.deepEqual(await fenced(db, { ...fence, service }, { sql: put, params: [owner, 2] }), [{ ver: 2 }])
    assert.equal(await version(owner), 2)
  })

  void test(`[${name}] a fenced statement of an old token writes nothing`, async () => {
    const { service, fence, owner, takeover } = await plot(db)
    await takeover()
    assert.equal(await fenced(db, { ...fence, service }, { sql: put, params: [owner, 1] }), 'fenced')
    assert.equal(await version(owner), undefined)
  })

  void test(`[${name}] a fenced statement without a lease writes nothing`, async () => {
    const { fence, owner } = await plot(db)
    assert.equal(await fenced(db, { ...fence, service: 'nobody' }, { sql: put, params: [owner, 1] }), 'fenced')
  })

  void test(`[${name}] a fenced statement that finds nothing returns no rows`, async () => {
    const { service, fence, owner } = await plot(db)
    const sql = 'delete from roster_version using fence where owner = $1 returning ver'
    assert.deepEqual(await fenced(db, { ...fence, service }, { sql, params: [owner] }), [])
  })

  void test(`[${name}] statements that belong together stand or fall as one`, async () => {
    const { service, fence, owner, takeover } = await plot(db)
    const sql = `insert into roster_item (owner, contact, subscription, ask, approved, groups, ver)
                 select $1, 'juliet@capulet.example', 'both', false, false, $2::text[], bumped.ver from fence, bumped
                 returning groups, ver`
    const bumped = `insert into roster_version (owner, ver) select $1, 1 from fence
                    on conflict (owner) do update set ver = roster_version.ver + 1 returning ver`
    const statement = { sql, params: [owner, ['Friends']], with: { bumped } }
    assert.deepEqual(await fenced(db, { ...fence, service }, statement), [{ groups: ['Friends'], ver: 1 }])
    await assert.rejects(fenced(db, { ...fence, service }, statement), (err) => err instanceof SqlError)
    assert.equal(await version(owner), 1)
    await takeover()
    assert.equal(await fenced(db, { ...fence, service }, statement), 'fenced')
    assert.equal(await version(owner), 1)
  })

  void test(`[${name}] a statement that forgets the fence is refused before it is sent`, async () => {
    const { service, fence, owner } = await plot(db)
    const sql = 'insert into roster_version (owner, ver) values ($1, 1) returning ver'
    await assert.rejects(fenced(db, { ...fence, service }, { sql, params: [owner] }), TypeError)
    assert.equal(await version(owner), undefined)
  })

  void test(`[${name}] a takeover that is not yet committed holds a fenced statement back, and then it is fenced`, async () => {
    const { service, fence, owner, takeover } = await plot(db)
    const late = await db.transaction(async (q) => {
      await takeover(q)
      return [fenced(db, { ...fence, service }, { sql: put, params: [owner, 1] })]
    })
    assert.deepEqual(await Promise.all(late), ['fenced'])
  })
}
