import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Contestant } from './servers/server.ts'
import { tryOut } from './trial.ts'
import type { Workload } from './workloads.ts'

const WORKLOAD: Workload = { name: 'W', title: '', users: 1, groupOf: 0, archive: false, unit: '', limitMs: 1 }
const OPTIONS = {
  seconds: 1,
  pinned: false,
  certificate: { certFile: '', keyFile: '' },
  profile: undefined,
  quit: new AbortController().signal,
}
const contestant = (lacks: Contestant['lacks'] = {}): Contestant => ({
  server: 'relay',
  form: 'one',
  lacks,
  start: () => Promise.reject(new Error('started')),
})

void test('a server is not tried with what it does not have, which is no fault', async () => {
  const trial = await tryOut({ ...WORKLOAD, needs: 'rooms' }, contestant({ rooms: 'it has none' }), OPTIONS)
  assert.deepEqual([trial.figures, trial.lacking, trial.faults], [undefined, 'it has none', []])
})

void test('it is tried with all else', async () => {
  const tried = [tryOut({ ...WORKLOAD, needs: 'rooms' }, contestant(), OPTIONS)]
  tried.push(tryOut(WORKLOAD, contestant({ rooms: 'it has none' }), OPTIONS))
  for (const { lacking, faults } of await Promise.all(tried))
    assert.deepEqual([lacking, faults], [undefined, ['Error: started']])
})
