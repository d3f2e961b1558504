import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './run.ts'
import { isClean } from './verdict.ts'

const SEED = Number(process.env['JABIRU_TEST_SEED'] ?? 1)
const STRIKES = ['kill core 0', 'kill edge 0']

void test('XEP-0198 §4 what was acknowledged comes, once and in order, though owners and connection managers are killed', async () => {
  const said: string[] = []
  const outcome = await run({
    seed: SEED,
    ms: 6_000,
    clients: 13,
    form: 'grouped',
    wants: ({ name }) => STRIKES.includes(name),
    tell: (line) => void said.push(line),
  })
  assert.ok(isClean(outcome), `seed ${SEED}\n${said.join('\n')}\n${JSON.stringify(outcome, null, 2)}`)
})
