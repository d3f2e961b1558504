import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Cluster, createCluster } from '../test/cluster.ts'
import { TTL_MS } from '../test/schedule.ts'

const PARTITIONS = 64
const LOOK_MS = TTL_MS / 5
/** Statements take so long in all, at most. */
const STATEMENTS_MS = 200

const names = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`)

function stage(seed: number, count: number, partitions = PARTITIONS) {
  const cluster = createCluster({ seed, partitions })
  const join = (name: string) => cluster.befall({ kind: 'join', member: name, rate: 1 })
  names(count).forEach(join)
  return { ...cluster, join, pass: (ms: number) => cluster.world.runUntil(cluster.world.now() + ms) }
}

const counts = ({ members }: Pick<Cluster, 'members'>) =>
  members()
    .map((member) => member.leases.held().length)
    .toSorted((one, other) => other - one)

/** Everything is owned, evenly, and no promise was broken on the way. */
function assertSettled(cluster: Cluster): void {
  cluster.judge.judgeEnd()
  assert.equal(cluster.judge.broken(), undefined)
}

const leasesOf = async ({ ground }: Cluster) =>
  new Map((await ground.table.read()).leases.map((l) => [l.part, l.token]))

test('one member takes every partition in its first round', async () => {
  const cluster = stage(1, 1)
  await cluster.pass(STATEMENTS_MS)
  assert.deepEqual(counts(cluster), [PARTITIONS])
})

for (const count of [2, 10, 100]) {
  test(`${count} members that start together share everything within a second`, async () => {
    const cluster = stage(2, count, 256)
    await cluster.pass(1_000)
    assertSettled(cluster)
  })
}

test('what does not divide is shared out evenly', async () => {
  const cluster = stage(3, 10, 16)
  await cluster.pass(3 * LOOK_MS)
  assert.deepEqual(counts(cluster), [2, 2, 2, 2, 2, 2, 1, 1, 1, 1])
})

test('a member that comes later gets its share, a few partitions a round, and nothing more moves', async () => {
  const cluster = stage(4, 1)
  await cluster.pass(2 * TTL_MS)
  cluster.join('late')
  await cluster.pass(LOOK_MS)
  assert.ok((counts(cluster)[1] ?? 0) <= 4, counts(cluster).join(', '))
  await cluster.pass(10 * LOOK_MS)
  assertSettled(cluster)
  const settled = await leasesOf(cluster)
  await cluster.pass(4 * TTL_MS)
  assert.deepEqual(await leasesOf(cluster), settled)
})

test('hints, however many, do not make a member give up more at once', async () => {
  const cluster = stage(5, 1)
  await cluster.pass(2 * TTL_MS)
  cluster.join('late')
  for (let i = 0; i < 40; i++) {
    cluster.member('m0').hint()
    await cluster.pass(20)
  }
  assert.equal(cluster.judge.broken(), undefined)
})

test('the partitions of a killed member are served again within the time to live', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const cluster = stage(seed, 3)
    await cluster.pass(2 * TTL_MS + seed * 50)
    const lost = new Set(
      cluster
        .member('m1')
        .leases.held()
        .map(([part]) => part),
    )
    cluster.befall({ kind: 'crash', member: 'm1' })
    for (let ms = 0; ms < TTL_MS * 0.9 + LOOK_MS + STATEMENTS_MS; ms += 20) {
      await cluster.pass(20)
      for (const { leases } of cluster.members()) for (const [part] of leases.held()) lost.delete(part)
    }
    assert.equal(lost.size, 0, `seed ${seed}`)
  }
})

test('what one does not take of a dead owner, because it died too, the others do', async () => {
  const cluster = stage(6, 3)
  await cluster.pass(2 * TTL_MS)
  cluster.befall({ kind: 'crash', member: 'm0' })
  await cluster.pass(TTL_MS / 2)
  cluster.befall({ kind: 'crash', member: 'm1' })
  await cluster.pass(TTL_MS * 0.9 + LOOK_MS + STATEMENTS_MS)
  assert.deepEqual(counts(cluster), [PARTITIONS])
})

test('a member that leaves hands over without waiting for the time to live', async () => {
  const cluster = stage(7, 3)
  await cluster.pass(2 * TTL_MS)
  cluster.befall({ kind: 'leave', member: 'm1' })
  await cluster.pass(LOOK_MS + STATEMENTS_MS)
  assertSettled(cluster)
})

test('a member that stood still longer than its lease may not act before it has renewed, and acts under a new token', async () => {
  const cluster = stage(8, 1)
  await cluster.pass(2 * TTL_MS)
  const { leases } = cluster.member('m0')
  const before = leases.token(0) ?? 0
  cluster.befall({ kind: 'pause', member: 'm0', forMs: TTL_MS })
  await cluster.pass(TTL_MS)
  assert.equal(leases.token(0), undefined)
  await cluster.pass(STATEMENTS_MS)
  assert.ok((leases.token(0) ?? 0) > before)
})

test('an owner acts for four fifths of the time to live after it has sent its last renewal', async () => {
  const cluster = stage(9, 1)
  await cluster.pass(2 * TTL_MS)
  cluster.befall({ kind: 'cut', member: 'm0', how: 'refused', forMs: 2 * TTL_MS })
  await cluster.pass(TTL_MS * 0.8 - LOOK_MS - STATEMENTS_MS)
  assert.deepEqual(counts(cluster), [PARTITIONS])
  await cluster.pass(LOOK_MS + STATEMENTS_MS)
  assert.deepEqual(counts(cluster), [0])
})

test('an answer that is lost costs an owner nothing', async () => {
  const cluster = stage(10, 1)
  await cluster.pass(2 * TTL_MS)
  const settled = await leasesOf(cluster)
  cluster.befall({ kind: 'cut', member: 'm0', how: 'answers', forMs: LOOK_MS })
  for (let ms = 0; ms < 2 * TTL_MS; ms += 100) {
    await cluster.pass(100)
    assert.deepEqual(counts(cluster), [PARTITIONS])
  }
  assert.deepEqual(await leasesOf(cluster), settled)
})

test('the counter of a dead owner is forgotten', async () => {
  const cluster = stage(11, 2)
  await cluster.pass(2 * TTL_MS)
  cluster.befall({ kind: 'crash', member: 'm1' })
  await cluster.pass(5 * TTL_MS)
  const { beats } = await cluster.ground.table.read()
  assert.deepEqual(
    beats.map(({ owner }) => owner),
    ['m0'],
  )
})

test('a member that is off the bus while others are on it leaves them what it has, and gets its share back', async () => {
  const cluster = stage(12, 3)
  await cluster.pass(2 * TTL_MS)
  cluster.befall({ kind: 'off-bus', member: 'm1', forMs: 3 * TTL_MS })
  await cluster.pass(TTL_MS)
  assert.deepEqual(counts(cluster), [22, 21, 21])
  await cluster.pass(2 * LOOK_MS + STATEMENTS_MS)
  assert.deepEqual(counts(cluster), [32, 32, 0])
  assert.deepEqual(cluster.member('m1').leases.held(), [])
  await cluster.pass(TTL_MS)
  assert.deepEqual(counts(cluster), [32, 32, 0])
  await cluster.pass(5 * TTL_MS)
  assert.deepEqual(counts(cluster), [22, 21, 21])
  assertSettled(cluster)
})

test('what a dead member had goes to those that are on the bus', async () => {
  const cluster = stage(13, 3)
  await cluster.pass(2 * TTL_MS)
  cluster.befall({ kind: 'off-bus', member: 'm1', forMs: 10 * TTL_MS })
  await cluster.pass(2 * TTL_MS)
  cluster.befall({ kind: 'crash', member: 'm0' })
  await cluster.pass(TTL_MS * 0.9 + LOOK_MS + STATEMENTS_MS)
  assert.equal(cluster.member('m2').leases.held().length, PARTITIONS)
})

test('where nobody is on the bus everybody keeps what it has', async () => {
  const cluster = stage(14, 3)
  await cluster.pass(2 * TTL_MS)
  const settled = await leasesOf(cluster)
  for (const member of names(3)) cluster.befall({ kind: 'off-bus', member, forMs: 5 * TTL_MS })
  await cluster.pass(10 * TTL_MS)
  assert.deepEqual(await leasesOf(cluster), settled)
  assertSettled(cluster)
})

test('who comes back on the bus before its time is over keeps what it has', async () => {
  const cluster = stage(15, 2)
  await cluster.pass(2 * TTL_MS)
  const settled = await leasesOf(cluster)
  for (let i = 0; i < 5; i++) {
    cluster.befall({ kind: 'off-bus', member: 'm0', forMs: TTL_MS * 0.9 })
    await cluster.pass(TTL_MS + 2 * LOOK_MS)
  }
  assert.deepEqual(await leasesOf(cluster), settled)
})
