import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { METRICS } from './metrics.ts'

void test('docs/telemetry.md has the row of every metric, and of no other', () => {
  const page = readFileSync(new URL('../../../docs/telemetry.md', import.meta.url), 'utf8')
  const rows = Object.values(METRICS).map(([name, description]) => `| \`${name}\` | ${description} |`)
  assert.deepEqual(
    page.split('\n').filter((line) => line.startsWith('| `jabiru_')),
    rows,
  )
})
