// Slow: an embedded database.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInProcessBus } from '@jabiru/bus'
import { parseBareJid } from '@jabiru/jid'
import { createManualClock } from '@jabiru/runtime'
import { beginRemoval, migrate } from '@jabiru/store'
import { openScratch } from '@jabiru/store/scratch'
import { type LaneEnvelope, subjects } from '@jabiru/wire'
import { createRemovals } from './removals.ts'

const romeo = parseBareJid('romeo@x')

async function house() {
  const database = await openScratch()
  await migrate(database)
  await database.script(
    `insert into account (jid, credentials) values ('romeo@x', '{}'), ('juliet@x', '{}');
     insert into vcard values ('romeo@x', '<vCard/>'), ('juliet@x', '<vCard/>');
     insert into roster_item (owner, contact, subscription, ask, approved, groups, ver)
       values ('romeo@x', 'juliet@x', 'both', false, false, '{}', 1)`,
  )
  const told: string[] = []
  const state = { steps: Number.POSITIVE_INFINITY }
  const dies = () => {
    if (--state.steps < 0) throw new Error('this process has died, for the test')
  }
  const clock = createManualClock()
  const debugged: unknown[] = []
  const bus = createInProcessBus()
  const removals = createRemovals({
    bus,
    endpoint: {
      partitionOf: () => 3,
      send: async (group: string, _part: number, envelope: LaneEnvelope) => {
        dies()
        if (group === 'roster') {
          const items = await database.query('select contact from roster_item where owner = $1', [romeo])
          told.push(`${envelope.k} roster ${items.length}`)
        } else told.push(`${envelope.k} ${group}`)
      },
    },
    database: {
      query: async (...args) => {
        dies()
        return database.query(...args)
      },
    },
    clock,
    log: { debug: (what) => debugged.push(what) },
  })
  const left = async () => {
    const rows = await Promise.all(
      ['account', 'account_removal', 'vcard', 'roster_item'].map(async (table) => {
        const column = table.startsWith('account') ? 'jid' : 'owner'
        const [row] = await database.query<{ n: number }>(`select count(*) as n from ${table} where ${column} = $1`, [
          romeo,
        ])
        return row?.n
      }),
    )
    return rows.join(' ')
  }
  return { bus, database, removals, state, told, clock, left, [Symbol.asyncDispose]: () => database.close() }
}

test('an account ends whole: its sessions, then what others see of it, then what it kept', async () => {
  await using h = await house()
  assert.equal(await h.removals.remove(romeo), true)
  assert.deepEqual(h.told, [
    'account-removed session',
    'account-removed presence',
    'account-removed roster 1',
    'account-removed session',
  ])
  assert.equal(await h.left(), '0 0 0 0')
  assert.deepEqual(await h.database.query('select owner from vcard'), [{ owner: 'juliet@x' }])
  assert.equal(await h.removals.remove(romeo), false)
})

for (let steps = 1; steps <= 8; steps++) {
  test(`a removal that ended after ${steps} steps is finished by who finds it`, async () => {
    await using h = await house()
    h.state.steps = steps
    await h.removals.remove(romeo).catch(() => undefined)
    h.state.steps = Number.POSITIVE_INFINITY
    const marked = (await h.left()) !== '0 0 0 0'
    h.told.length = 0
    const finishing = h.removals.finishing()
    await finishing.ready()
    while ((await h.left()) !== '0 0 0 0') await new Promise<void>((resolve) => void setImmediate(resolve))
    // Until the mark goes everybody is told again.
    if (marked) assert.equal(h.told.filter((line) => line === 'account-removed session').length, 2)
    await finishing[Symbol.asyncDispose]()
  })
}

test('what fails is tried again later', async () => {
  await using h = await house()
  h.state.steps = 2
  await h.removals.remove(romeo).catch(() => undefined)
  h.state.steps = 1
  const finishing = h.removals.finishing()
  await finishing.ready()
  while (h.state.steps >= 0) await new Promise<void>((resolve) => void setImmediate(resolve))
  h.state.steps = Number.POSITIVE_INFINITY
  while ((await h.left()) !== '0 0 0 0') {
    h.clock.advance(30_000)
    await new Promise<void>((resolve) => void setImmediate(resolve))
  }
  await finishing[Symbol.asyncDispose]()
})

test('XEP-0077 §3.2 what a session has begun is finished when it says so', async () => {
  await using h = await house()
  const finishing = h.removals.finishing()
  await finishing.ready()
  await beginRemoval(h.database, romeo)
  h.bus.publish(subjects.removals, romeo)
  while ((await h.left()) !== '0 0 0 0') await new Promise<void>((resolve) => void setImmediate(resolve))
  await finishing[Symbol.asyncDispose]()
})
