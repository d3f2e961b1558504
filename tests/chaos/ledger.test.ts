import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tryMutation } from './mutants.ts'
import { linesOf } from './report.ts'
import { type Options, run } from './run.ts'
import { MUTATIONS } from './splicing/mutations.ts'
import { isClean } from './verdict.ts'

const SEED = Number(process.env['JABIRU_TEST_SEED'] ?? 1)

async function isKept(options: Pick<Options, 'form' | 'ms' | 'clients' | 'wants'>): Promise<void> {
  const said: string[] = []
  const outcome = await run({ ...options, plain: true, seed: SEED, tell: (line) => void said.push(line) })
  assert.ok(isClean(outcome), [`seed ${SEED}`, ...said, ...linesOf(outcome)].join('\n'))
}

void test('XEP-0198 §4 what was acknowledged comes, once and in order, though owners and connection managers are killed', async () => {
  const strikes = ['kill core 0', 'kill edge 0']
  await isKept({ form: 'grouped', ms: 6_000, clients: 13, wants: ({ name }) => strikes.includes(name) })
})

void test('XEP-0198 §4 what was acknowledged comes, once and in order, though the one process is killed', async () => {
  await isKept({ form: 'embedded', ms: 4_000, clients: 13, wants: () => true })
})

for (const name of ['confirmed_when_written', 'position_out_of_the_id']) {
  void test(`a server with the fault ${name} does not pass the ledger`, async () => {
    const mutation = MUTATIONS.find((one) => one.name === name)
    assert.ok(mutation)
    const { caughtBy } = await tryMutation(mutation, SEED, SEED + 2)
    assert.notDeepEqual(caughtBy, [])
  })
}
