import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMember, createWorld, type Member, memoryTable, randomFrom, type World } from './simulation.ts'

const TTL_MS = 5_000
const PARTITIONS = 16

function cluster(seed: number) {
  const world = createWorld()
  const random = randomFrom(seed)
  const table = memoryTable(() => 1_000_000 + world.now())
  const members: Member[] = []
  const join = (): Member => {
    const latency = () => 1 + Math.floor(random() * 20)
    const name = `m${members.length}`
    const onFreed = () => void world.at(latency(), () => members.forEach((member) => hint(member)))
    const member = createMember({ world, table, name, partitions: PARTITIONS, ttlMs: TTL_MS, latency, onFreed })
    members.push(member)
    member.leases.start().catch(() => {})
    return member
  }
  return { world, random, table, members, join }
}

/** A hint reaches who can hear it. */
const hint = (member: Member) => {
  if (!member.dead && !member.paused) member.leases.hint()
}

const holders = (members: readonly Member[], part: number) =>
  members.filter((member) => !member.dead && !member.paused && member.leases.token(part) !== undefined)

/** At this moment no partition has two that may act for it; returns those that have none. */
function check(members: readonly Member[]): number[] {
  const orphans: number[] = []
  for (let part = 0; part < PARTITIONS; part++) {
    const owners = holders(members, part)
    assert.ok(owners.length <= 1, `partition ${part} has ${owners.map((owner) => owner.name).join(' and ')}`)
    if (owners.length === 0) orphans.push(part)
  }
  return orphans
}

const counts = (members: readonly Member[]) => members.filter((m) => !m.dead).map((m) => m.leases.held().length)

async function step(world: World, ms: number) {
  await world.runUntil(world.now() + ms)
}

/** Partitions that had no owner for longer than a planned movement takes, over ten seconds. */
async function longOrphaned(world: World, members: readonly Member[]): Promise<number[]> {
  const since = new Map<number, number>()
  const long: number[] = []
  for (let i = 0; i < 100; i++) {
    const orphans = check(members)
    for (const part of since.keys()) if (!orphans.includes(part)) since.delete(part)
    for (const part of orphans) {
      if (!since.has(part)) since.set(part, world.now())
      if (world.now() - (since.get(part) ?? 0) > 500) long.push(part)
    }
    await step(world, 100)
  }
  return long
}

test('one member takes every partition in its first round', async () => {
  const { world, members, join } = cluster(1)
  join()
  await step(world, 200)
  assert.deepEqual(check(members), [])
})

test('a second member gets half, a few partitions a round, and nothing more moves', async () => {
  const { world, members, table, join } = cluster(2)
  join()
  await step(world, 1_000)
  join()
  await step(world, 30_000)
  assert.deepEqual(check(members), [])
  assert.deepEqual(counts(members), [8, 8])
  const before = [...table.leases.values()].map(({ owner }) => owner)
  await step(world, 30_000)
  assert.deepEqual(
    [...table.leases.values()].map(({ owner }) => owner),
    before,
  )
})

test('the partitions of a killed member are served again within the time to live and a round', async () => {
  const { world, members, join } = cluster(3)
  const first = join()
  join()
  await step(world, 30_000)
  first.dead = true
  await step(world, TTL_MS + TTL_MS / 5 + 500)
  assert.deepEqual(check(members), [])
})

test('a member that leaves hands over without waiting for the time to live', async () => {
  const { world, members, join } = cluster(4)
  const first = join()
  join()
  await step(world, 30_000)
  void first.leases.stop().then(() => (first.dead = true))
  await step(world, 2_500)
  assert.deepEqual(check(members), [])
})

test('a member that stood still longer than its lease may not act before it has renewed', async () => {
  const { world, members, join } = cluster(5)
  const first = join()
  join()
  await step(world, 30_000)
  const part = first.leases.held()[0]?.[0] ?? 0
  first.paused = true
  await step(world, TTL_MS * 3)
  first.paused = false
  assert.equal(first.leases.token(part), undefined)
  await step(world, 100)
  check(members)
})

const SEED = Number(process.env['JABIRU_TEST_SEED'] ?? 1)

for (let seed = SEED; seed < SEED + 40; seed++) {
  test(`pauses, cuts, kills, joins and leaves never give a partition two owners, nor leave one without (seed ${seed})`, async () => {
    const { world, random, members, join } = cluster(seed)
    for (let i = 0; i < 3; i++) join()
    const pick = () => members[Math.floor(random() * members.length)]
    for (let round = 0; round < 60; round++) {
      const dice = random()
      const one = pick()
      if (one && dice < 0.15) one.paused = !one.paused
      else if (one && dice < 0.3) one.cut = !one.cut
      else if (one && dice < 0.35 && members.filter((m) => !m.dead).length > 2) one.dead = true
      else if (dice < 0.4 && members.length < 12) join()
      await step(world, random() * 3_000)
      check(members)
    }
    for (const member of members) {
      member.paused = false
      member.cut = false
    }
    if (members.every((m) => m.dead)) join()
    await step(world, TTL_MS * 3)
    assert.deepEqual(await longOrphaned(world, members), [])
  })
}
