import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heldCounts, heldTable } from './held.ts'
import { rowsOf } from './rows.ts'

const rows = (workload: string, server: string, figure: object, values: readonly number[]) =>
  rowsOf(
    values.map((value) => {
      const [name = ''] = Object.keys(figure)
      return { workload, server, form: 'one', figures: { generator: 0.5, [name]: value }, faults: [] }
    }),
  )
const rate = (server: string, ...values: readonly number[]) => rows('W1', server, { per_second: 0 }, values)

void test('a figure has held where what its runs gave overlaps with what they gave then', () => {
  const before = [...rate('jabiru', 100, 110, 120), ...rate('ejabberd', 10, 11, 12)]
  const now = [...rate('jabiru', 119, 130, 140), ...rate('ejabberd', 13, 14, 15)]
  assert.deepEqual(heldCounts(now, before), { figures: { held: 1, of: 2 }, ratios: { held: 0, of: 1 } })
  const [ours, theirs] = heldTable(now, before).split('\n').slice(2)
  assert.match(
    ours ?? '',
    /\| 110 \(100–120\) \| 130 \(119–140\) \| 118% \| held \| 10× \| 9\.29 \(9\.15–9\.33\)× \|  \|$/,
  )
  assert.match(theirs ?? '', /\| 127% \|  \|  \|  \|  \|$/)
})

void test('an hour that is slow for all changes figures, and not how they stand to the better peer of the same round', () => {
  const before = [...rate('jabiru', 100, 50, 100), ...rate('ejabberd', 10, 5, 9), ...rate('prosody', 1, 2, 10)]
  const now = [...rate('jabiru', 40, 45, 30), ...rate('ejabberd', 4, 3, 3), ...rate('prosody', 1, 4.5, 1)]
  assert.deepEqual(heldCounts(now, before).figures, { held: 1, of: 3 })
  assert.deepEqual(heldCounts(now, before).ratios, { held: 1, of: 1 })
})

void test('less may be better, and what only one of the runs has is left out', () => {
  const before = rows('W5', 'jabiru', { kb_per_session: 0 }, [80, 90])
  const now = [...rows('W5', 'jabiru', { kb_per_session: 0 }, [85]), ...rate('jabiru', 1)]
  assert.deepEqual(heldCounts(now, before), { figures: { held: 1, of: 1 }, ratios: { held: 0, of: 0 } })
  assert.deepEqual(heldCounts(before, []).figures, { held: 0, of: 0 })
})
