// Longer than 250 lines: one suite, a case after the other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Advanced, Appended } from '../archive-row.ts'
import { type Database, type Param, type Queries, StoreUnavailable } from '../database.ts'
import { RowRefused } from '../group-member.ts'
import { createGroupWriter, type GroupWriter, type GroupWriterOptions } from '../group-writer.ts'
import { declared } from '../text-format.ts'
import { type Plot, plot } from './house.ts'

const written = { outcome: 'written' } as const
const fencedOff = { outcome: 'fenced' } as const

type Query = (sql: string, params: readonly Param[]) => Promise<readonly unknown[]>

/** The database, with something between it and the writer. */
function through(db: Database, between: (run: Query) => Query): Queries {
  const query = between((sql, params) => db.query(sql, params))
  return {
    ...db,
    query: async <Row>(sql: string, params: readonly Param[] = []) => declared<Row>(await query(sql, params)),
  }
}

const isCommit = (sql: string): boolean => sql.includes('insert into archive')

/** How many rows each commit holds. */
const rowsIn = (params: readonly Param[]): number => {
  const column = params.at(-1)
  return Array.isArray(column) ? column.length : 0
}

/** The group-commit writer. */
export function writerContract(name: string, db: Database): void {
  const writerOf = (land: Plot, change: Partial<GroupWriterOptions> = {}, on: Queries = db): GroupWriter =>
    createGroupWriter(on, {
      service: land.service,
      maxRows: 100,
      maxBytes: 1_000_000,
      wait: () => Promise.resolve(),
      ...change,
    })
  const appendAll = (writer: GroupWriter, land: Plot, positions: readonly number[]): Promise<Appended[]> =>
    Promise.all(positions.map((position) => writer.append(land.row(position))))
  const delivery = async (owner: string): Promise<unknown> =>
    (await db.query('select watermark, exceptions from delivery where owner = $1', [owner]))[0]

  void test(`[${name}] a row is stored as it was given`, async () => {
    const land = await plot(db)
    await using writer = writerOf(land)
    assert.deepEqual(await writer.append(land.row(1)), written)
    assert.deepEqual(
      await writer.append(land.row(2, { peerResource: undefined, originId: undefined, archived: false })),
      written,
    )
    const rows = await db.query('select * from archive where owner = $1 order by position', [land.owner])
    const { part: _part, token: _token, peerResource, originId, ...rest } = land.row(1)
    assert.deepEqual(rows[0], { ...rest, peer_resource: peerResource, origin_id: originId })
    const { stanza } = land.row(2)
    assert.deepEqual(rows[1], {
      ...rest,
      position: 2,
      id: 'id-2',
      stanza,
      archived: false,
      peer_resource: null,
      origin_id: null,
    })
  })

  void test(`[${name}] what is appended in one turn, or while a commit is in flight, goes into one commit`, async () => {
    const land = await plot(db)
    const groups: number[] = []
    const gate = Promise.withResolvers<undefined>()
    const begun = Promise.withResolvers<undefined>()
    const gated = through(db, (run) => async (sql, params) => {
      if (groups.push(rowsIn(params)) === 1) {
        begun.resolve(undefined)
        await gate.promise
      }
      return run(sql, params)
    })
    await using writer = writerOf(land, {}, gated)
    const first = appendAll(writer, land, [1, 2])
    await begun.promise
    const later = appendAll(writer, land, [3, 4, 5])
    gate.resolve(undefined)
    await Promise.all([first, later])
    assert.deepEqual(groups, [2, 3])
    assert.deepEqual(await land.positions(), [1, 2, 3, 4, 5])
  })

  void test(`[${name}] a commit holds no more rows and bytes than it may`, async () => {
    const land = await plot(db)
    const groups: number[] = []
    const told: number[] = []
    const counted = through(db, (run) => (sql, params) => {
      groups.push(rowsIn(params))
      return run(sql, params)
    })
    await using writer = writerOf(land, { maxRows: 3, maxBytes: 5_000, onCommit: (rows) => told.push(rows) }, counted)
    const big = (position: number): Promise<Appended> =>
      writer.append(land.row(position, { stanza: 'x'.repeat(6_000) }))
    await Promise.all([appendAll(writer, land, [1, 2, 3, 4]), big(5), big(6), appendAll(writer, land, [7])])
    assert.deepEqual(groups, [3, 1, 1, 1, 1])
    assert.deepEqual(await land.positions(), [1, 2, 3, 4, 5, 6, 7])
    assert.deepEqual(told, groups)
  })

  void test(`[${name}] a reader sees a prefix of what was appended and nothing else`, async () => {
    const land = await plot(db)
    await using writer = writerOf(land, { maxRows: 7 })
    const all = Array.from({ length: 200 }, (_, index) => index + 1)
    const writing = appendAll(writer, land, all)
    for (let seen: readonly number[] = []; seen.length < all.length; seen = await land.positions())
      assert.deepEqual(seen, all.slice(0, seen.length))
    await writing
    assert.deepEqual(await land.positions(), all)
  })

  void test(`[${name}] an id that is stored already is not stored again, and tells where it stands`, async () => {
    const land = await plot(db)
    await using writer = writerOf(land)
    await appendAll(writer, land, [1, 2])
    const [fresh, again] = await Promise.all([writer.append(land.row(3)), writer.append(land.row(4, { id: 'id-2' }))])
    assert.deepEqual([fresh, again], [written, { outcome: 'duplicate', position: 2 }])
    assert.deepEqual(await land.positions(), [1, 2, 3])
  })

  void test(`[${name}] an id that comes twice in one commit is stored once`, async () => {
    const land = await plot(db)
    await using writer = writerOf(land)
    const both = await Promise.all([writer.append(land.row(1)), writer.append(land.row(2, { id: 'id-1' }))])
    assert.deepEqual(both, [written, { outcome: 'duplicate', position: 1 }])
    assert.deepEqual(await land.positions(), [1])
  })

  void test(`[${name}] an id is one owner's: another's is another row`, async () => {
    const land = await plot(db)
    await using writer = writerOf(land)
    await writer.append(land.row(1))
    assert.deepEqual(await writer.append(land.row(1, { owner: `x${land.owner}` })), written)
  })

  void test(`[${name}] rows of an old token are refused, their neighbours land`, async () => {
    const land = await plot(db)
    await using writer = writerOf(land)
    await writer.append(land.row(1))
    const now = await land.takeover()
    const outcomes = await Promise.all([
      writer.append(land.row(2)),
      writer.append({ ...land.row(2), ...now }),
      writer.append(land.row(1)),
      writer.append({ ...land.row(3, { id: 'id-1' }), ...now }),
      writer.append({ ...land.row(4), part: 8 }),
    ])
    const duplicate = { outcome: 'duplicate', position: 1 }
    assert.deepEqual(outcomes, [fencedOff, written, fencedOff, duplicate, fencedOff])
    assert.deepEqual(await land.positions(), [1, 2])
  })

  void test(`[${name}] a takeover that is not yet committed holds the rows back, and then they are fenced`, async () => {
    const land = await plot(db)
    await using writer = writerOf(land)
    const late = await db.transaction(async (q) => {
      await land.takeover(q)
      return [writer.append(land.row(1))]
    })
    assert.deepEqual(await Promise.all(late), [fencedOff])
    assert.deepEqual(await land.positions(), [])
  })

  void test(`[${name}] a row the database refuses is taken out, its neighbours are committed in order`, async () => {
    const land = await plot(db)
    await using writer = writerOf(land)
    await writer.append(land.row(1))
    const settled: number[] = []
    const outcomes = await Promise.allSettled(
      [
        land.row(2),
        land.row(3, { stanza: 'a\0b' }),
        land.row(4),
        land.row(5),
        land.row(1, { id: 'another id at a place that is taken' }),
        land.row(6),
        land.row(7),
      ].map((row) => writer.append(row).finally(() => settled.push(row.position))),
    )
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    )
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    assert.ok(refusals.every((reason) => reason instanceof RowRefused))
    assert.deepEqual(settled, [2, 3, 4, 5, 1, 6, 7])
  })

  void test(`[${name}] a commit whose answer was lost is tried again, and its rows count as written`, async () => {
    const land = await plot(db)
    const failures: StoreUnavailable[] = []
    let lose = true
    const lossy = through(db, (run) => async (sql, params) => {
      const rows = await run(sql, params)
      if (lose && isCommit(sql)) {
        lose = false
        throw new StoreUnavailable('the answer is lost')
      }
      return rows
    })
    await using writer = writerOf(land, { onRetry: (failure) => failures.push(failure) }, lossy)
    assert.deepEqual(await appendAll(writer, land, [1, 2]), [written, written])
    assert.equal(failures.length, 1)
    assert.deepEqual(await land.positions(), [1, 2])
  })

  void test(`[${name}] a database that is away holds everything back, in order, however long`, async () => {
    const land = await plot(db)
    const waits: number[] = []
    let away = 20
    const absent = through(db, (run) => (sql, params) => {
      away -= 1
      return away >= 0 ? Promise.reject(new StoreUnavailable('away')) : run(sql, params)
    })
    const wait = (ms: number): Promise<undefined> => Promise.resolve(void waits.push(ms))
    const told: string[] = []
    const onRetry = () => void (told.at(-1) === 'away' || told.push('away'))
    const onRecovered = () => void told.push('back')
    await using writer = writerOf(land, { maxRows: 2, wait, onRetry, onRecovered }, absent)
    assert.deepEqual(await appendAll(writer, land, [1, 2, 3]), [written, written, written])
    assert.equal(waits.length, 20)
    await writer.append(land.row(4))
    assert.deepEqual(told, ['away', 'back'])
    assert.ok(Math.max(...waits) <= 2_000)
  })

  void test(`[${name}] bytes are pending from the append to the outcome`, async () => {
    const land = await plot(db)
    await using writer = writerOf(land)
    assert.equal(writer.pendingBytes(), 0)
    const one = writer.append(land.row(1, { stanza: 'x'.repeat(10_000) }))
    const two = writer.append(land.row(2, { stanza: '\0'.repeat(10_000) }))
    assert.ok(writer.pendingBytes() >= 20_000)
    await Promise.allSettled([one, two])
    assert.equal(writer.pendingBytes(), 0)
  })

  void test(`[${name}] a flush waits for what was taken before it`, async () => {
    const land = await plot(db)
    const writer = writerOf(land, { maxRows: 1 })
    const all = appendAll(writer, land, [1, 2, 3])
    await writer.flush()
    assert.deepEqual(await land.positions(), [1, 2, 3])
    await all
    await writer.close()
  })

  void test(`[${name}] a closing writer commits what it has and takes no more`, async () => {
    const land = await plot(db)
    const writer = writerOf(land, { maxRows: 1 })
    const all = appendAll(writer, land, [1, 2, 3])
    const closing = writer.close()
    await assert.rejects(writer.append(land.row(4)), StoreUnavailable)
    await closing
    await all
    assert.deepEqual(await land.positions(), [1, 2, 3])
  })

  void test(`[${name}] a closing writer does not wait for a database that is away`, async () => {
    const land = await plot(db)
    const absent = through(db, () => () => Promise.reject(new StoreUnavailable('away')))
    const writer = writerOf(land, { maxRows: 1 }, absent)
    const all = Promise.allSettled([writer.append(land.row(1)), writer.append(land.row(2))])
    await writer.close()
    assert.ok(
      (await all).every((outcome) => outcome.status === 'rejected' && outcome.reason instanceof StoreUnavailable),
    )
  })

  void test(`[${name}] a confirmation rides in the commit and replaces the one before`, async () => {
    const land = await plot(db)
    let commits = 0
    const counted = through(db, (run) => (sql, params) => {
      commits += 1
      return run(sql, params)
    })
    await using writer = writerOf(land, {}, counted)
    const advance = (watermark: number, exceptions: readonly number[]): Promise<Advanced> =>
      writer.advance({ ...land.fence, owner: land.owner, watermark, exceptions })
    const outcomes = await Promise.all([
      writer.append(land.row(1)),
      advance(1, []),
      advance(3, [2, 1]),
      writer.append(land.row(2)),
    ])
    assert.deepEqual(outcomes, [written, written, written, written])
    assert.equal(commits, 1)
    assert.deepEqual(await delivery(land.owner), { watermark: 3, exceptions: [2, 1] })
    await advance(2, [])
    assert.deepEqual(await delivery(land.owner), { watermark: 2, exceptions: [] })
  })

  void test(`[${name}] a confirmation of an old token is refused`, async () => {
    const land = await plot(db)
    await using writer = writerOf(land)
    const now = await land.takeover()
    const old = { ...land.fence, owner: land.owner, watermark: 9, exceptions: [] }
    const outcomes = await Promise.all([writer.advance({ ...old, ...now, watermark: 1 }), writer.advance(old)])
    assert.deepEqual(outcomes, [written, fencedOff])
    assert.deepEqual(await delivery(land.owner), { watermark: 1, exceptions: [] })
  })

  void test(`[${name}] a commit that was given up and runs later does not undo a confirmation that followed`, async () => {
    const land = await plot(db)
    const sent: (() => Promise<unknown>)[] = []
    const recorded = through(db, (run) => (sql, params) => {
      sent.push(() => run(sql, params))
      return run(sql, params)
    })
    await using writer = writerOf(land, {}, recorded)
    const owned = { ...land.fence, owner: land.owner }
    await writer.advance({ ...owned, watermark: 1, exceptions: [] })
    await writer.advance({ ...owned, watermark: 2, exceptions: [] })
    await sent[0]?.()
    assert.deepEqual(await delivery(land.owner), { watermark: 2, exceptions: [] })
  })
}
