// Slow: an engine of its own.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { migrate, openPostgres, type Param } from '@jabiru/store'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import { BEGAN, fill, juliet, nurse, romeo } from '../testing/messages.ts'
import { pageStatement } from './database.ts'
import type { Range } from './store.ts'

/** Set to a million, it takes half a minute and is as true. */
const ROWS = Number(process.env['JABIRU_TEST_ARCHIVE_ROWS'] ?? 20_000)
const PAGE = 50

const server = await startPostgres({ own: true })
const db = await openPostgres({ url: server.url })
after(async () => {
  await db.close()
  await server[Symbol.asyncDispose]()
})
await migrate(db)
await fill(db, juliet, ROWS, 1000)
await fill(db, romeo, 1000)
await db.script('vacuum analyze archive')

/** A node of a plan, as EXPLAIN tells it. */
interface Plan {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Plan[]
}

const literal = (param: Param): string => {
  if (param instanceof Date) return `'${param.toISOString()}'`
  return `'${Array.isArray(param) ? `{${param.join(',')}}` : String(param)}'`
}

/** How the database reads a page when it plans without knowing the values, as it does for a statement that comes often. */
async function planOf(range: Range): Promise<Plan> {
  const [sql, params] = pageStatement(juliet, range)
  return db.transaction(async (q) => {
    await q.script(`set local plan_cache_mode = force_generic_plan; prepare page as ${sql}`)
    const [row] = await q.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
      `explain (analyze, format json) execute page(${params.map(literal).join(', ')})`,
    )
    await q.script('deallocate page')
    assert.ok(row?.['QUERY PLAN'][0])
    return row['QUERY PLAN'][0].Plan
  })
}

const nodesOf = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
const isScan = ({ 'Node Type': type }: Plan) => type.endsWith('Scan') && type !== 'CTE Scan' && type !== 'Subquery Scan'
const touched = (plan: Plan) =>
  nodesOf(plan)
    .filter(isScan)
    .reduce(
      (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    )

const at = (position: number) => BEGAN + position * 1000
const late = Math.floor(ROWS * 0.9)
const whole = { with: { peer: romeo } }
const rare = { with: { peer: nurse } }
const resource = { with: { peer: romeo, resource: 'garden' } }
const stranger = { with: { peer: romeo, resource: 'nowhere' } }

const QUERIES: readonly (readonly [title: string, range: Pick<Range, 'filter' | 'after' | 'before'>])[] = [
  ['all', { filter: {} }],
  ['after an id', { filter: {}, after: late }],
  ['before an id', { filter: {}, before: late }],
  ['of a contact', { filter: whole }],
  ['of a contact, after an id', { filter: whole, after: late }],
  ['of a contact who writes rarely', { filter: rare }],
  ['of one resource', { filter: resource }],
  ['of a resource that is not there', { filter: stranger }],
  ['since a date', { filter: { start: at(late) } }],
  ['since a date that is to come', { filter: { start: at(ROWS * 2) } }],
  ['until a date', { filter: { end: at(late) } }],
  ['between two dates, of a contact', { filter: { ...whole, start: at(late), end: at(late + 500) } }],
  ['since a date, of a contact who writes rarely', { filter: { ...rare, start: at(late) } }],
  ['since a date, after an id', { filter: { start: at(10) }, after: late }],
  ['by id', { filter: { ids: ['id7', 'id8', `id${late}`] } }],
]

for (const [title, range] of QUERIES) {
  for (const fromEnd of [false, true]) {
    void test(`XEP-0313 §4.3 — ${fromEnd ? 'the last' : 'the first'} page ${title} is read by an index, whatever the archive holds`, async () => {
      const plan = await planOf({ ...range, fromEnd, most: PAGE, mostBytes: 1_000_000 })
      const scans = nodesOf(plan).filter(isScan)
      assert.deepEqual(
        scans.filter((node) => node['Index Name'] === undefined && node['Node Type'] !== 'Bitmap Heap Scan'),
        [],
      )
      // A page, one more, and the places that dates are.
      assert.ok(touched(plan) <= 2 * PAGE, `${touched(plan)} rows were looked at:\n${JSON.stringify(plan, null, 1)}`)
    })
  }
}
