// Slow: an engine of its own.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import { openDatabaseGround } from './database-ground.ts'
import { ALL_RULES } from './ground.ts'
import { print, type Schedule, schedule } from './schedule.ts'
import { simulate } from './simulate.ts'
import { createWorld } from './world.ts'

const FIRST = Number(process.env['JABIRU_TEST_SEED'] ?? 1)

const server = await startPostgres({ own: true })
const database = await openDatabaseGround(server.url)
after(async () => {
  await database[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

let runs = 0

/** Statements that are due within the grain are in the database at once. */
const run = (one: Schedule, rules = ALL_RULES) =>
  simulate(one, {
    rules,
    world: createWorld({ settled: database.settled, grainMs: 25 }),
    ground: database.open(`run ${++runs}`, rules),
  })

const small = (seed: number) => schedule(seed, { members: 4, partitions: 16, lengthMs: 12_000, holds: true })

for (let seed = FIRST; seed < FIRST + 4; seed++) {
  test(`[PostgreSQL] whatever befalls a few members, they keep every promise (seed ${seed})`, async () => {
    const { broken } = await run(small(seed))
    assert.equal(broken, undefined, print(small(seed)))
  })
}

/** Writes of an owner stay in the database while it dies and another takes over. */
const DEAD_WRITES: Schedule = {
  seed: 1,
  partitions: 4,
  events: [
    { atMs: 0, kind: 'join', member: 'old', rate: 1 },
    { atMs: 3_000, kind: 'join', member: 'new', rate: 1 },
    { atMs: 10_000, kind: 'hold', member: 'old', forMs: 8_000 },
    { atMs: 12_000, kind: 'crash', member: 'old' },
  ],
}

test('[PostgreSQL] who takes over waits for what the old owner is writing, and finds it', async () => {
  const { broken, writes } = await run(DEAD_WRITES)
  assert.equal(broken, undefined)
  assert.ok(writes > 0)
})

test('[PostgreSQL] a write without its token is noticed', async () => {
  const { broken } = await run(DEAD_WRITES, { ...ALL_RULES, fencedWrites: false })
  assert.equal(broken?.promise, 'a write of an old owner never lands after a write or a read of a new one')
})
