import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stateContract } from './contract.ts'
import { ExpiringMap } from './expiring-map.ts'
import { createMemoryState } from './memory.ts'

const shortMs = 100
let now = 0

stateContract('memory', {
  open: async (standing) => createMemoryState({ now: () => now, standing }),
  shortMs,
  pass: async () => {
    now += shortMs
    return undefined
  },
})

void test('what expired and is never asked for does not pile up', () => {
  const map = new ExpiringMap<number>(() => now)
  for (let key = 0; key < 10_000; key += 1) {
    map.set(String(key), key, shortMs)
    now += 1
  }
  assert.ok(map.size <= shortMs, `${String(map.size)} kept`)
  assert.equal(map.values().length, shortMs - 1)
})
