// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { parseJid } from '@jabiru/jid'
import { migrate } from '@jabiru/store'
import { openScratch } from '@jabiru/store/scratch'
import type { Query } from '../query/query.ts'
import { readPage } from '../query/read.ts'
import { BEGAN, fill, juliet, nurse, romeo } from '../testing/messages.ts'
import { databaseArchive } from './database.ts'

const db = await openScratch()
after(() => db.close())
await migrate(db)
await db.script(`
  insert into account (jid, credentials) values ('${juliet}', '{}');
  insert into lease (service, part, owner, token) values ('archive', 1, 'me', 7)`)
// Nurse's are 3, 6 and 9.
await fill(db, juliet, 10, 3)
await db.script(
  "update archive set archived = false where position = 5; update archive set stanza = repeat('x', 400) where position = 8",
)
const store = databaseArchive(db)

const read = async (query: Partial<Query>, config = { pageMessages: 100, pageBytes: 100_000 }) => {
  const all: Query = { queryId: undefined, filter: {}, page: { from: 'start' }, flip: false, ...query }
  const { rows, page, complete } = await readPage({ store, config }, juliet, all)
  return { ids: rows.map(({ id }) => id.slice(2)).join(' '), page, complete }
}
const ids = async (query: Partial<Query>) => (await read(query)).ids

void test('what is held for delivery only is not in the archive', async () => {
  const { ids, page, complete } = await read({})
  assert.equal(ids, '1 2 3 4 6 7 8 9 10')
  assert.deepEqual([page, complete], [{ first: { id: 'id1', index: 0 }, last: 'id10', count: 9 }, true])
  await assert.rejects(read({ filter: { afterId: 'id5' } }), { condition: 'item-not-found' })
})

void test('XEP-0313 §4.1 filters, and several at once', async () => {
  const at = (n: number) => BEGAN + n * 1000
  assert.equal(await ids({ filter: { with: { peer: nurse } } }), '3 6 9')
  assert.equal(await ids({ filter: { with: { peer: romeo, resource: 'orchard' } } }), '2 4 8 10')
  assert.equal(await ids({ filter: { start: at(3), end: at(6) } }), '3 4 6')
  assert.equal(await ids({ filter: { start: at(3) + 1 } }), '4 6 7 8 9 10')
  assert.equal(await ids({ filter: { end: at(1) - 1 } }), '')
  assert.equal(await ids({ filter: { start: at(99) } }), '')
  assert.equal(await ids({ filter: { afterId: 'id3', beforeId: 'id8' } }), '4 6 7')
  assert.equal(await ids({ filter: { ids: ['id9', 'id2'] } }), '2 9')
  assert.equal(await ids({ filter: { with: { peer: nurse }, start: at(4), beforeId: 'id9' } }), '6')
  for (const id of ['afterId', 'beforeId'] as const)
    await assert.rejects(read({ filter: { [id]: 'nobody' } }), { condition: 'item-not-found' })
  await assert.rejects(read({ filter: { ids: ['id1', 'nobody'] } }), { condition: 'item-not-found' })
})

void test('XEP-0059 §2 pages both ways', async () => {
  const first = await read({ page: { from: 'start', max: 4 } })
  assert.deepEqual(first, {
    ids: '1 2 3 4',
    page: { first: { id: 'id1', index: 0 }, last: 'id4', count: undefined },
    complete: false,
  })
  assert.equal((await read({ page: { from: 'after', id: 'id4', max: 5 } })).complete, true)
  const before = await read({ page: { from: 'before', id: 'id4', max: 2 } })
  assert.deepEqual(before, {
    ids: '2 3',
    page: { first: { id: 'id2', index: undefined }, last: 'id3', count: undefined },
    complete: false,
  })
  assert.equal(await ids({ page: { from: 'before', id: '', max: 2 } }), '9 10')
  assert.equal(await ids({ page: { from: 'before', id: '', max: 2 }, flip: true }), '10 9')
  const beyond = await read({ page: { from: 'after', id: 'id10' } })
  assert.deepEqual(beyond, { ids: '', page: { count: undefined }, complete: true })
  await assert.rejects(read({ page: { from: 'before', id: 'nobody' } }), { condition: 'item-not-found' })
  // The narrower of the two places counts.
  assert.equal(await ids({ page: { from: 'after', id: 'id2' }, filter: { afterId: 'id7' } }), '8 9 10')
})

void test('XEP-0059 §2.2 what is no id of the archive is not found, whatever the database would make of it', async () => {
  for (const id of ["' OR 1=1--", "id1'; delete from archive; --", '%', 'x'.repeat(200_000)])
    for (const from of ['before', 'after'] as const)
      await assert.rejects(read({ page: { from, id } }), { condition: 'item-not-found' })
  assert.equal(await ids({}), '1 2 3 4 6 7 8 9 10')
})

void test('XEP-0059 §2.7 nothing but the number of those that match, wherever the page', async () => {
  const counted = await read({ page: { from: 'after', id: 'id9', max: 0 }, filter: { with: { peer: nurse } } })
  assert.deepEqual(counted, { ids: '', page: { count: 3 }, complete: false })
  assert.equal(await store.count(juliet, { filter: {}, most: 8 }), undefined)
  assert.equal(await store.count(juliet, { filter: {}, most: 9 }), 9)
})

void test('XEP-0313 §4.3.1 a page is bounded by messages and by bytes, and has one message at least', async () => {
  const config = { pageMessages: 3, pageBytes: 1 }
  assert.deepEqual((await read({ page: { from: 'start', max: 1_000_000 } }, config)).ids, '1')
  const backwards = await read({ page: { from: 'before', id: '' } }, config)
  assert.deepEqual([backwards.ids, backwards.complete], ['10', false])
  assert.equal(
    (await read({ page: { from: 'start', max: 1_000_000 } }, { ...config, pageBytes: 100_000 })).ids,
    '1 2 3',
  )
  // The eighth is large: it comes, and nothing after it.
  assert.equal((await read({ page: { from: 'after', id: 'id6' } }, { pageMessages: 9, pageBytes: 300 })).ids, '7 8')
})

void test('XEP-0313 §5 the first and the last message; nothing of nobody', async () => {
  const ends = await store.ends(juliet)
  assert.deepEqual(
    ends?.map(({ id, at }) => [id, at.getTime()]),
    [
      ['id1', BEGAN + 1000],
      ['id10', BEGAN + 10_000],
    ],
  )
  assert.equal(await store.ends(romeo), undefined)
})

void test('XEP-0441 §2.1 preferences last, under the token of the lease, and not without an account', async () => {
  const lease = { part: 1, token: 7 }
  const wanted = { policy: 'roster', always: [parseJid('a@b/c')], never: [parseJid('d@e')] } as const
  assert.deepEqual(await store.preferences(juliet), { policy: 'always', always: [], never: [] })
  assert.equal(await store.prefer(lease, juliet, wanted), 'written')
  assert.deepEqual(await store.preferences(juliet), wanted)
  assert.equal(await store.prefer({ part: 1, token: 6 }, juliet, { ...wanted, policy: 'never' }), 'fenced')
  assert.equal(await store.prefer(lease, juliet, { ...wanted, never: [] }), 'written')
  assert.deepEqual(await store.preferences(juliet), { ...wanted, never: [] })
  assert.equal(await store.prefer(lease, romeo, wanted), 'written')
  assert.deepEqual(await db.query('select owner from archive_preference'), [{ owner: juliet }])
})
