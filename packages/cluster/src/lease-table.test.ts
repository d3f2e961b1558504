// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Database, fenced, migrate, openDatabase } from '@jabiru/store'
import { openScratch } from '@jabiru/store/scratch'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import { memoryTable } from '../test/ground.ts'
import { databaseLeases, type LeaseTable } from './lease-table.ts'

const sorted = <T extends { readonly part: number }>(leases: readonly T[]) =>
  leases.toSorted((one, other) => one.part - other.part)

/** What every lease table promises. */
function tableContract(name: string, open: (service: string) => LeaseTable): void {
  let services = 0
  const contract = (title: string, run: (table: LeaseTable) => Promise<void>) =>
    void test(`[${name}] ${title}`, () => run(open(`test-${++services}`)))

  contract('L1 what was never leased is taken once', async (table) => {
    const seen = [0, 1, 2].map((part) => ({ part, token: 0 }))
    const taken = await table.take('a', seen)
    assert.deepEqual(
      sorted(taken).map(({ part, owner }) => [part, owner]),
      [0, 1, 2].map((part) => [part, 'a']),
    )
    assert.deepEqual(await table.take('b', seen), [])
    assert.deepEqual(sorted((await table.read()).leases), sorted(taken))
  })

  contract('L2 a lease is taken over only by who has seen its token, and the token grows', async (table) => {
    const [first] = await table.take('a', [{ part: 5, token: 0 }])
    assert.ok(first)
    assert.deepEqual(await table.take('b', [{ part: 5, token: first.token - 1 }]), [])
    const [second] = await table.take('b', [{ part: 5, token: first.token }])
    assert.ok(second && second.token > first.token)
    assert.deepEqual(await table.take('a', [{ part: 5, token: first.token }]), [])
  })

  contract('L3 of two who take the same lease at once, one gets it', async (table) => {
    const seen = Array.from({ length: 20 }, (_, part) => ({ part, token: 0 }))
    const [mine, yours] = await Promise.all([table.take('a', seen), table.take('b', seen)])
    assert.deepEqual(
      sorted([...mine, ...yours]).map(({ part }) => part),
      seen.map(({ part }) => part),
    )
  })

  contract(
    'L4 what is given up is nobody’s under a greater token; what another has taken is not given up',
    async (table) => {
      const [kept, lost] = sorted(
        await table.take('a', [
          { part: 1, token: 0 },
          { part: 2, token: 0 },
        ]),
      )
      assert.ok(kept && lost)
      const [theirs] = await table.take('b', [lost])
      await table.release('a', [kept, lost])
      const { leases } = await table.read()
      const [one, two] = sorted(leases)
      assert.equal(one?.owner, '')
      assert.ok(one.token > kept.token)
      assert.deepEqual(two, theirs)
    },
  )

  contract('L5 an owner’s counter grows with each renewal, and is forgotten when it leaves', async (table) => {
    const beats = async () => new Map((await table.read()).beats.map(({ owner, beat }) => [owner, beat]))
    await table.renew('a', true)
    const first = (await beats()).get('a') ?? 0
    await table.renew('a', true)
    await table.renew('b', true)
    const seen = await beats()
    assert.deepEqual([...seen.keys()].toSorted(), ['a', 'b'])
    assert.ok((seen.get('a') ?? 0) > first)
    await table.leave('a')
    assert.deepEqual([...(await beats()).keys()], ['b'])
  })

  contract('L6 whoever takes and gives up the same leases at once, in whatever order, waits at most', async (table) => {
    const parts = Array.from({ length: 200 }, (_, part) => part)
    const run = async (owner: string, order: readonly number[]) => {
      for (let i = 0; i < 10; i++) {
        const { leases } = await table.read()
        const tokens = new Map(leases.map(({ part, token }) => [part, token]))
        const taken = await table.take(
          owner,
          order.map((part) => ({ part, token: tokens.get(part) ?? 0 })),
        )
        await table.release(owner, taken.toReversed())
      }
    }
    await Promise.all([run('a', parts), run('b', parts.toReversed()), run('c', parts)])
  })

  contract('L9 a renewal says whether its owner is on the bus', async (table) => {
    const onBus = async () => new Map((await table.read()).beats.map((beat) => [beat.owner, beat.onBus]))
    await table.renew('a', false)
    await table.renew('b', true)
    assert.deepEqual([(await onBus()).get('a'), (await onBus()).get('b')], [false, true])
    await table.renew('a', true)
    await table.renew('b', false)
    assert.deepEqual([(await onBus()).get('a'), (await onBus()).get('b')], [true, false])
  })

  contract('L8 a dead owner is forgotten, and one that has renewed meanwhile is not', async (table) => {
    for (const owner of ['a', 'b', 'b']) await table.renew(owner, true)
    const seen = (await table.read()).beats
    await table.renew('b', true)
    await table.forget(seen)
    assert.deepEqual(
      (await table.read()).beats.map(({ owner }) => owner),
      ['b'],
    )
  })
}

const server = await startPostgres()
const twins: readonly (readonly [string, Database])[] = [
  ['PGlite', await openScratch()],
  ['PostgreSQL', await openDatabase({ url: server.url })],
]
for (const [, db] of twins) await migrate(db)
after(async () => {
  for (const [, db] of twins) await db.close()
  await server[Symbol.asyncDispose]()
})

tableContract('memory', () => memoryTable(() => 1_000_000))
for (const [name, db] of twins) {
  tableContract(name, (service) => databaseLeases(db, service))

  void test(`[${name}] L7 a write of an old owner is refused once another has the lease`, async () => {
    const table = databaseLeases(db, 'fence')
    let writes = 0
    const write = (token: number) => {
      const sql = `insert into secret (name, value) select $1, '' from fence returning name`
      return fenced(db, { service: 'fence', part: 9, token }, { sql, params: [`write ${++writes}`] })
    }
    const [old] = await table.take('a', [{ part: 9, token: 0 }])
    assert.ok(old)
    assert.notEqual(await write(old.token), 'fenced')
    const [fresh] = await table.take('b', [old])
    assert.ok(fresh)
    assert.equal(await write(old.token), 'fenced')
    assert.notEqual(await write(fresh.token), 'fenced')
  })
}
