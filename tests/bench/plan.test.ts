import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOptions } from './options.ts'
import { planOf } from './plan.ts'
import type { Contestant, ServerName } from './servers/server.ts'

const contestant = (server: ServerName, form: string): Contestant => ({
  server,
  form,
  start: () => Promise.reject(new Error('not to be started')),
})
const ALL = [contestant('jabiru', 'embedded'), contestant('jabiru', 'cluster'), contestant('ejabberd', 'postgres')]

const planned = (...args: readonly string[]) =>
  planOf(readOptions(args), () => ALL).map(
    ({ workload, contestant: { server, form } }) => `${workload.name} ${server} ${form}`,
  )

void test('servers take turns within a workload, and everything is done once before it is done again', () => {
  assert.deepEqual(
    planned('--only', 'W2,W1', '--servers', 'jabiru,ejabberd', '--forms', 'embedded,postgres', '--runs', '2'),
    [
      'W1 jabiru embedded',
      'W1 ejabberd postgres',
      'W2 jabiru embedded',
      'W2 ejabberd postgres',
      'W1 jabiru embedded',
      'W1 ejabberd postgres',
      'W2 jabiru embedded',
      'W2 ejabberd postgres',
    ],
  )
})

void test('without words everybody does everything three times', () => {
  const all = planned()
  assert.equal(all.filter((line) => line === 'W1 jabiru cluster').length, 3)
  assert.ok(all.includes('W2 ejabberd postgres'))
})

void test('what is not known is refused with what is', () => {
  assert.throws(() => readOptions(['--only', 'W99']), /--only takes W1, .*not W99/)
  assert.throws(() => readOptions(['--servers', 'openfire']), /--servers takes jabiru, .*not openfire/)
  assert.throws(() => readOptions(['--runs', 'many']), /--runs is a number from 0, not many/)
  assert.throws(() => readOptions(['--seconds', '0']), /--seconds is a number from 1, not 0/)
  assert.throws(() => readOptions(['--quick']), /quick/)
})

void test('the hot parts are measured alone, and with everything else where no word is said', () => {
  for (const args of [[], ['--json', 'a.json'], ['--json', 'a.json', '--against', 'b.json']]) {
    const { micro, writes } = readOptions(args)
    assert.deepEqual([micro, writes], [true, true])
  }
  assert.equal(readOptions(['--json', 'a.json', '--runs', '1']).writes, false)
  assert.equal(readOptions(['--only', 'W1']).micro, false)
  assert.equal(readOptions(['--micro', '--add', 'a.json', '--write']).micro, true)
  assert.deepEqual(planned('--micro'), [])
  assert.throws(() => readOptions(['--micro', '--write']), /with --add/)
})

void test('--growth has parts of its own, and writes all of them', () => {
  const options = readOptions(['--growth', '--only', 'map,nodes'])
  assert.deepEqual(options.only, ['map', 'nodes'])
  assert.equal(options.writes, false)
  assert.throws(() => readOptions(['--growth', '--only', 'W1']), /--only takes nodes, .*, not W1/)
  assert.throws(() => readOptions(['--growth', '--only', 'map', '--write']), /--add/)
  assert.throws(() => readOptions(['--growth', '--micro']), /runs of their own/)
  assert.equal(readOptions(['--growth', '--write']).writes, true)
})
