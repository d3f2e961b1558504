import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { StoreUnavailable } from '@jabiru/store'
import { patiently } from './patience.ts'

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))

test('what asks a database that is away is done again until it answers', async () => {
  const clock = createManualClock()
  const faults: unknown[] = []
  const answers = [new StoreUnavailable('away'), new StoreUnavailable('still'), 'there']
  const asked = patiently({ clock, onFault: (fault) => void faults.push(fault) }, async () => {
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    return answer
  })
  await turn()
  assert.equal(answers.length, 2)
  for (let ms = 0; ms < 1_000; ms += 100) {
    clock.advance(100)
    await turn()
  }
  assert.equal(await asked, 'there')
  assert.deepEqual(
    faults.map((fault) => String(fault)),
    ['StoreUnavailable: away', 'StoreUnavailable: still'],
  )
})

test('what it refuses is told', async () => {
  const deps = { clock: createManualClock(), onFault: assert.ifError }
  await assert.rejects(
    patiently(deps, () => Promise.reject(new Error('no such column'))),
    /no such column/,
  )
})
