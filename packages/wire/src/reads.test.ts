import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInProcessBus } from '@jabiru/bus'
import { createReads, MOVED } from './reads.ts'
import { fastClock } from './testing.ts'

const never = { now: () => 0, setTimer: () => ({ cancel: () => undefined }) }

test('who has ceased to answer says so for a while, and nothing more once somebody answers again', async () => {
  const bus = createInProcessBus()
  const reads = createReads({ bus, clock: never, onFault: assert.ifError })
  const ask = () => bus.request('who', '', { timeoutMs: 1_000 })
  reads.serve('who', async () => 'romeo').close()
  assert.equal(await ask(), MOVED)
  const again = reads.serve('who', async () => 'juliet')
  assert.deepEqual([await ask(), await ask()], ['juliet', 'juliet'])
  again.close()
  reads.close()
  await assert.rejects(ask(), { name: 'NobodyListens' })
})

test('after that while nobody listens', async () => {
  const bus = createInProcessBus()
  const reads = createReads({ bus, clock: fastClock(), onFault: assert.ifError })
  reads.serve('who', async () => 'romeo').close()
  await new Promise<void>((resolve) => void setImmediate(() => setImmediate(resolve)))
  await assert.rejects(bus.request('who', '', { timeoutMs: 1_000 }), { name: 'NobodyListens' })
})
