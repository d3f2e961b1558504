import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GOALS, goalsTable } from './goals.ts'
import { rowsOf } from './rows.ts'

const trial = (workload: string, server: string, form: string, figures: Readonly<Record<string, number>>) => ({
  workload,
  server,
  form,
  figures: { generator: 0.5, ...figures },
  faults: [],
})
/** The lines of the table, without its head. */
const linesOf = (...trials: readonly ReturnType<typeof trial>[]) =>
  goalsTable(rowsOf(trials))
    .split('\n')
    .slice(2)
    .map((line) => line.split(' | '))

void test('a goal is held against the better peer, by our embedded form', () => {
  const others = [
    trial('W2', 'ejabberd', 'mnesia', { per_second: 100 }),
    trial('W2', 'prosody', 'files', { per_second: 90 }),
  ]
  const ours = (perSecond: number) => trial('W2', 'jabiru', 'embedded', { per_second: perSecond })
  const cluster = trial('W2', 'jabiru', 'cluster', { per_second: 1 })
  const [reached] = linesOf(ours(400), cluster, ...others)
  assert.deepEqual(reached?.slice(2), ['4×', 'reached |'])
  const [short] = linesOf(ours(399), cluster, ...others)
  assert.equal(short?.[2], '3.99×')
  assert.notEqual(short?.[3], 'reached |')
})

void test('less is better of CPU, time and memory', () => {
  const cpu = (seconds: number) => [
    trial('W1', 'jabiru', 'embedded', { cpu_s_per_1000: seconds }),
    trial('W1', 'prosody', 'postgres', { cpu_s_per_1000: 2 }),
    trial('W1', 'ejabberd', 'postgres', { cpu_s_per_1000: 1 }),
  ]
  assert.deepEqual(linesOf(...cpu(0.1))[0]?.slice(2), ['10× less', 'reached |'])
  assert.equal(linesOf(...cpu(0.2))[0]?.[2], '5× less')
  const memory = (kb: number) => linesOf(trial('W5', 'jabiru', 'embedded', { kb_per_session: kb }))[0]
  assert.deepEqual(memory(55)?.slice(2), ['55 KB', 'reached |'])
  assert.notEqual(memory(55.1)?.[3], 'reached |')
})

void test('what was not measured has no line', () => {
  assert.deepEqual(linesOf(), [])
  assert.deepEqual(linesOf(trial('W2', 'jabiru', 'embedded', { per_second: 1 })), [])
})

void test('each goal has a bound', () => {
  for (const { goal, least, most } of GOALS) assert.ok(least !== undefined || most !== undefined, goal)
})
