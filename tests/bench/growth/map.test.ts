import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulateMap } from './map.ts'
import { addressOf } from './names.ts'
import { share, unowned } from './shares.ts'

void test('accounts have names of their own', () => {
  const names = Array.from({ length: 50_000 }, (_, n) => addressOf(n))
  assert.equal(new Set(names).size, names.length)
  assert.match(names[0] ?? '', /^[a-z]+\.[a-z]+@example\.org$/)
})

void test('members share partitions evenly, and only what the newcomer needs moves', () => {
  const names = ['a', 'b', 'c', 'd']
  const three = share(unowned(64), names.slice(0, 3))
  assert.deepEqual(counts(three.owners), { a: 22, b: 21, c: 21 })
  const four = share(three.owners, names)
  assert.deepEqual(counts(four.owners), { a: 16, b: 16, c: 16, d: 16 })
  const moved = four.owners.filter((owner, part) => owner !== three.owners[part])
  assert.deepEqual(new Set(moved), new Set(['d']))
  const left = share(four.owners, names.slice(0, 3))
  assert.equal(left.owners.filter((owner, part) => owner !== four.owners[part]).length, 16)
})

void test('the map tells how accounts lie, and that one part in n moves', () => {
  const map = simulateMap({ accounts: 20_000, partitions: 64, told: [1, 3] })
  const [one, three] = map.members
  assert.deepEqual(one?.accounts, { least: 20_000, median: 20_000, most: 20_000, most_of_mean: 1 })
  assert.ok(Math.abs((one?.moved_by_join ?? 0) - 1 / 2) < 0.05)
  assert.ok(Math.abs((three?.moved_by_join ?? 0) - 1 / 4) < 0.05)
  assert.ok(Math.abs((three?.moved_by_leave ?? 0) - 1 / 4) < 0.05)
  assert.ok((three?.accounts.most_of_mean ?? 9) < 1.15)
  assert.ok(map.per_partition.least > 200 && map.per_partition.most < 430)
  assert.ok(map.lookup_ns > 0)
})

function counts(owners: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(owners, (owner) => owner)].map(([owner, all]) => [owner, all.length]))
}
