import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageOf } from './page.ts'
import { rowsOf } from './rows.ts'
import { tableOf } from './table.ts'

const MACHINE = { date: '2020-01-01', processor: 'a processor', cores: 2, gigabytes: 24, versions: ['ejabberd 23.01'] }
const trial = (server: string) => ({
  workload: 'W1',
  server,
  form: 'one',
  figures: { per_second: 100, generator: 0.5 },
  faults: [],
})

void test('the page says on what its figures were taken, and how often at least', () => {
  const rows = rowsOf([trial('jabiru'), trial('jabiru'), trial('jabiru'), trial('ejabberd'), trial('ejabberd')])
  const page = pageOf(rows, MACHINE, { seconds: 10, pinned: true })
  assert.match(page, /2020-01-01: 2 cores of a processor, 24 GB; ejabberd 23\.01\./)
  assert.match(page, /core 0.*core 1\. Medians of at least 2 runs of 10 s/)
  assert.ok(page.includes(tableOf(rows)))
  assert.match(pageOf(rows, MACHINE, { seconds: 10, pinned: false }), /share all cores/)
})
