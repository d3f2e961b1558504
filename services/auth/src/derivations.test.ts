import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Derivation } from '@jabiru/sasl'
import { createDerivations } from './derivations.ts'

const derivation: Derivation = { hash: 'SHA-512', password: 'x', salt: new Uint8Array(16), iterations: 1 }

function held() {
  const ends: ((fault?: Error) => void)[] = []
  const derive = () =>
    new Promise<Uint8Array>((resolve, reject) => {
      ends.push((fault) => (fault ? reject(fault) : resolve(new Uint8Array(1))))
    })
  return { ends, ...createDerivations({ max_derivations: 2, max_waiting_derivations: 3 }, derive) }
}

void test('so many run, so many wait, the rest is told at once', async () => {
  const { ends, run } = held()
  const runs = Array.from({ length: 7 }, () => run(derivation))
  assert.equal(ends.length, 2)
  assert.equal(await runs[5], undefined)
  assert.equal(await runs[6], undefined)
  for (const n of [0, 1, 2, 3, 4]) {
    ends[n]?.()
    assert.equal((await runs[n])?.length, 1)
  }
  assert.equal(ends.length, 5)
})

void test('one that fails leaves its place to the next', async () => {
  const { ends, run } = held()
  const runs = Array.from({ length: 3 }, () => run(derivation))
  ends[0]?.(new Error('out of memory'))
  await assert.rejects(runs[0] ?? Promise.resolve(), /out of memory/)
  ends[1]?.()
  await runs[1]
  ends[2]?.()
  assert.equal((await runs[2])?.length, 1)
})
