import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Trial } from '../trial.ts'
import { leastRuns, rowsOf, trialsOf } from './rows.ts'
import { ratioToPeers, shown, tableOf, trialLine } from './table.ts'

const trial = (workload: string, server: string, figures: Trial['figures'], faults: readonly string[] = []): Trial => ({
  workload,
  server,
  form: 'one',
  figures,
  faults,
})
const rate = (perSecond: number, generator = 0.5) => ({ per_second: perSecond, cpu_s_per_1000: 0.5, generator })

void test('runs become one row of medians, and all of them stay', () => {
  const [row] = rowsOf([100, 300, 200].map((n) => trial('W1', 'jabiru', rate(n))))
  assert.equal(row?.per_second, 200)
  assert.equal(row.p50_ms, undefined)
  assert.deepEqual(
    row.runs.map((run) => run.per_second),
    [100, 300, 200],
  )
  assert.equal(row.valid, true)
})

void test('rows are added to by taking them apart again', () => {
  const trials = [trial('W1', 'jabiru', rate(100)), trial('W1', 'jabiru', undefined, ['it did not start'])]
  const stored: ReturnType<typeof rowsOf> = JSON.parse(JSON.stringify(rowsOf(trials)))
  assert.deepEqual(rowsOf(trialsOf(stored)), rowsOf(trials))
})

void test('a run that lost something, and one in which the generator was the limit, invalidate the row', () => {
  const rows = rowsOf([
    trial('W1', 'jabiru', rate(1)),
    trial('W1', 'jabiru', rate(1), ['a letter is missing']),
    trial('W1', 'relay', rate(1, 0.71)),
    trial('W1', 'prosody', undefined, ['it did not start']),
  ])
  assert.deepEqual(
    rows.map(({ valid }) => valid),
    [false, false, false],
  )
  const table = tableOf(rows)
  assert.match(table, /jabiru, one .*FAILED: a letter is missing/)
  assert.match(table, /relay, one .*invalid: the generator was the limit/)
  assert.match(table, /prosody, one .*FAILED: it did not start/)
})

void test('what a server does not have stands in place of figures, and counts as nothing', () => {
  const lacking: Trial = { ...trial('W8', 'jabiru', undefined), lacking: 'it has no rooms yet' }
  const rows = rowsOf([lacking, trial('W8', 'ejabberd', rate(100)), trial('W8', 'ejabberd', rate(100))])
  const stored: typeof rows = JSON.parse(JSON.stringify(rows))
  for (const some of [rows, rowsOf(trialsOf(stored))]) {
    const line = '| W8 room of 200, deliveries | jabiru, one |  |  |  |  |  |  |  | not measured: it has no rooms yet |'
    assert.ok(tableOf(some).split('\n').includes(line))
    assert.equal(leastRuns(some), 2)
  }
  assert.equal(trialLine(lacking), 'W8 jabiru one:  not measured: it has no rooms yet')
  const [row] = rowsOf([...trialsOf(stored), trial('W8', 'jabiru', rate(50))])
  assert.deepEqual([row?.per_second, row?.valid, row?.runs.length], [50, true, 1])
})

void test('a rate is compared with the better peer, a latency and memory too, the other way round', () => {
  const rows = rowsOf([
    trial('W1', 'jabiru', rate(800)),
    trial('W1', 'ejabberd', rate(100)),
    trial('W1', 'prosody', rate(50)),
    trial('W3', 'jabiru', { ...rate(1000), p99_ms: 10 }),
    trial('W3', 'ejabberd', { ...rate(1000), p99_ms: 50 }),
    trial('W5', 'jabiru', { kb_per_session: 50, generator: 0 }),
    trial('W5', 'prosody', { kb_per_session: 25, generator: 0 }),
    trial('W2', 'jabiru', rate(800)),
  ])
  const ratios = rows.map((row) => `${row.workload} ${row.server} ${ratioToPeers(row, rows)}`)
  assert.deepEqual(ratios, [
    'W1 jabiru 8×',
    'W1 ejabberd ',
    'W1 prosody ',
    'W3 jabiru 5×',
    'W3 ejabberd ',
    'W5 jabiru 0.5×',
    'W5 prosody ',
    'W2 jabiru ',
  ])
})

void test('the table shows the median between the least and the most', () => {
  const table = tableOf(rowsOf([1000, 3000, 2000].map((n) => trial('W1', 'jabiru', rate(n)))))
  assert.match(table, /\| 2,000 \(1,000–3,000\) \|  \| 0\.5 \|/)
})

void test('numbers have as many digits as mean something', () => {
  assert.deepEqual([12_345.6, 99.94, 1.2345, 0.04321, undefined].map(shown), ['12,346', '99.9', '1.23', '0.0432', ''])
})
