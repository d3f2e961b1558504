import assert from 'node:assert/strict'
import { test } from 'node:test'
import { microOf } from '../micro/rounds.ts'
import { microTable } from '../micro/table.ts'
import { pageOf } from './page.ts'
import { rowsOf } from './rows.ts'
import { tableOf } from './table.ts'

const MACHINE = {
  date: '2020-01-01',
  processor: 'a processor',
  cores: 2,
  gigabytes: 24,
  versions: ['ejabberd 23.01'],
  sharing: 'A core is shared.',
}
const trial = (server: string) => ({
  workload: 'W1',
  server,
  form: 'one',
  figures: { per_second: 100, generator: 0.5 },
  faults: [],
})

void test('the page says on what its figures were taken, and how often at least', () => {
  const rows = rowsOf([trial('jabiru'), trial('jabiru'), trial('jabiru'), trial('ejabberd'), trial('ejabberd')])
  const page = pageOf({ rows, micro: [] }, MACHINE, { seconds: 10, pinned: true })
  assert.match(page, /2020-01-01: 2 cores of a processor, 24 GB; ejabberd 23\.01\./)
  assert.match(page, /core 0.*core 1\. A core is shared\. Medians of at least 2 runs of 10 s/)
  assert.ok(page.includes(`\n\n${tableOf(rows)}\n\n`))
  assert.match(pageOf({ rows, micro: [] }, MACHINE, { seconds: 10, pinned: false }), /share all cores/)
})

void test('hot parts that were measured have a section of their own', () => {
  const micro = [microOf({ name: 'parser', what: 'a message' }, [{ operations: 10, cpuUs: 50, bytes: 0 }])]
  const page = pageOf({ rows: rowsOf([trial('jabiru')]), micro }, MACHINE, { seconds: 10, pinned: true })
  assert.ok(page.endsWith(`\n\n${microTable(micro)}\n`))
  assert.match(page, /\n\n## Hot parts alone\n\n/)
})
