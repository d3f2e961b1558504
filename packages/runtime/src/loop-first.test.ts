import assert from 'node:assert/strict'
import os from 'node:os'
import { test } from 'node:test'
import { putLoopFirst, v8Threads } from './loop-first.ts'

const skip = process.platform === 'linux' ? false : 'only on Linux has a thread a priority of its own'

void test('the threads of V8 come after the loop', { skip }, () => {
  const own = os.getPriority()
  putLoopFirst()
  const priorities = v8Threads().map((thread) => os.getPriority(thread))
  assert.ok(priorities.length > 0, 'V8 has threads under the name by which they are found')
  for (const priority of priorities) assert.ok(priority > own, `${priority} after ${own}`)
  assert.equal(os.getPriority(), own)
})

void test('a second time changes nothing', { skip }, () => {
  putLoopFirst()
  const first = v8Threads().map((thread) => os.getPriority(thread))
  putLoopFirst()
  assert.deepEqual(
    v8Threads().map((thread) => os.getPriority(thread)),
    first,
  )
})
