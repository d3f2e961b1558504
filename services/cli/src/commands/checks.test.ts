// Slow: processes of its own.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { environment } from '@jabiru/runtime/config'
import { finish, start } from '../testing/process.ts'
import { scratch } from '../testing/scratch.ts'

const MAIN = path.join(import.meta.dirname, '../main.ts')

/** Runs `jabiru test` on one file, as from a shell: not as a part of this run. */
async function runTests(body: string) {
  const cwd = scratch()
  writeFileSync(
    path.join(cwd, 'one.test.mjs'),
    `import { test } from 'node:test'\ntest('the one', () => { ${body} })\n`,
  )
  const { NODE_TEST_CONTEXT: _ours, ...env } = environment()
  return finish(start(process.execPath, [MAIN, 'test', 'one.test.mjs'], { cwd, env }))
}

void test("`test` ends with the closing lines of node's runner, and code 0 when all passed", async () => {
  const { code, out, err } = await runTests('')
  assert.match(out, /ℹ tests 1\n(.*\n)*ℹ pass 1\nℹ fail 0\n/)
  assert.deepEqual([code, err], [0, ''])
})

void test('`test` ends with code 1 when a test failed, and says last which, and why', async () => {
  const { code, out, err } = await runTests("throw new Error('broken')")
  assert.match(out, /ℹ pass 0\nℹ fail 1\n/)
  assert.match(err, /^✖ .*one\.test\.mjs:2 the one\n {2}Error: broken\n( {6}at .*\n)+jabiru: failed: tests\n$/)
  assert.equal(code, 1)
})

void test('of a failure that says much, its beginning is said once more', async () => {
  const { err } = await runTests("throw new Error('line\\n'.repeat(100))")
  assert.match(err, /( {2}line\n){39} {2}… \d+ lines more\njabiru: failed: tests\n$/)
})
