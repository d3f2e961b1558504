import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageWith } from './page.ts'
import type { Phase } from './phase.ts'
import type { GrowthRow } from './row.ts'
import { tablesOf } from './tables.ts'

const TAKING = {
  date: '2020-01-01',
  processor: 'a processor',
  cores: 2,
  gigabytes: 24,
  versions: ['Node 26', 'prosody 0.12'],
  sharing: 'A core is shared.',
  seconds: 6,
  pinned: true,
}
const phase = (name: string, count: number): Phase => ({
  name,
  count,
  seconds: 10,
  cpu: { managers: 1, services: 2, postgres: 1 },
  generator: 0.1,
  counts: { nats_in: 100 },
  memory_kb: {},
})
const row = (managers: number, more: Partial<GrowthRow>): GrowthRow => ({
  part: 'nodes',
  of: { managers, services: 2 },
  phases: [],
  faults: [],
  ...more,
})

void test('figures take the place of those that the page had, and nothing else changes', () => {
  const growth = { rows: [row(1, { phases: [phase('full', 10_000)] })] }
  const page = pageWith('# Scale\n\n<!-- growth -->\nold\n<!-- /growth -->\n\nwords\n', growth, TAKING)
  assert.match(
    page,
    /^# Scale\n\n<!-- growth -->\nWritten by .* 2020-01-01: 2 cores of a processor, 24 GB; Node 26\.\n.* core 0, .*\. A core is shared\. 6 s of/,
  )
  assert.match(pageWith(page, growth, { ...TAKING, pinned: false }), /share all cores/)
  assert.ok(page.endsWith('\n<!-- /growth -->\n\nwords\n'))
  assert.ok(page.includes(tablesOf(growth, '###')))
  assert.ok(!page.includes('old'))
  assert.equal(pageWith(page, growth, TAKING), page)
  assert.throws(() => pageWith('# Scale\n', growth, TAKING), /no place for figures/)
})

void test('a case that failed stands beside those that did not', () => {
  const told = tablesOf(
    {
      rows: [
        row(1, { faults: ['it did not | start'] }),
        row(2, { phases: [phase('full', 10_000), phase('paced', 3000)] }),
        row(4, { phases: [phase('full', 10_000), phase('paced', 1000)] }),
      ],
    },
    '##',
  )
  assert.match(told, /\| 1 \| 2 \|.*FAILED: it did not \/ start \|/)
  assert.match(told, /\| 2 \| 2 \| 1,000 \| 0\.4 \| 1\.33 \| 0\.333 \| 0\.667 \| 0 \| 0 \| 0\.333 \|/)
  assert.match(told, /\| 4 \| 2 \|.*300 a second were not held \|/)
})
