import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Phase } from './phase.ts'
import { planOf, TEN_MILLION } from './plan.ts'
import { merged } from './results.ts'
import type { GrowthRow } from './row.ts'
import { unitsOf } from './units.ts'

const phase = (name: string, count: number, more: Partial<Phase> = {}): Phase => ({
  name,
  count,
  seconds: 10,
  cpu: { managers: 1, services: 2, nats: 0.1, redis: 0.2, postgres: 0.4 },
  generator: 0.1,
  counts: {},
  memory_kb: {},
  ...more,
})
const row = (part: GrowthRow['part'], of: GrowthRow['of'], phases: readonly Phase[]): GrowthRow => ({
  part,
  of,
  phases,
  faults: [],
})
const ROWS = [
  row('nodes', { managers: 1, services: 2 }, [phase('paced', 1)]),
  row('nodes', { managers: 2, services: 2 }, [
    phase('paced', 1000, {
      counts: {
        nats_in: 6000,
        nats_bytes: 4e6,
        redis_commands: 3000,
        archive_rows: 2000,
        archive_bytes: 1.2e6,
        wal_bytes: 2e6,
      },
    }),
  ]),
  row('sessions', { sessions: 1200 }, [
    phase('presence', 10, { cpu: { managers: 0.5 }, counts: { nats_in: 500 } }),
    phase('idle few', 0, { cpu: { managers: 1 } }),
    phase('logins', 1000, {
      cpu: { managers: 5 },
      memory_kb: { managers: 60_000, services: 20_000 },
      counts: { nats_in: 8000, redis_commands: 4000, redis_bytes: 1e6 },
    }),
    phase('idle many', 0, { cpu: { managers: 1.1 } }),
  ]),
]

void test('costs are taken of two processes of each kind, and of each time', () => {
  const units = unitsOf({ rows: ROWS }, 50)
  assert.deepEqual(units?.message, {
    cpu_ms: { managers: 1, services: 2, nats: 0.1, redis: 0.2, postgres: 0.4 },
    nats: 6,
    nats_bytes: 4000,
    redis: 3,
  })
  assert.deepEqual(units.archive, { rows: 2, bytes_a_row: 600, wal_bytes: 2000 })
  assert.deepEqual(units.login.cpu_ms, { managers: 5 })
  assert.equal(units.presence.cpu_ms.managers, 1)
  assert.equal(units.presence.nats, 1)
  assert.deepEqual(units.session.kb, { managers: 60, services: 20 })
  assert.equal(units.session.redis_bytes, 1000)
  assert.ok(Math.abs((units.session.cpu_ms_a_second.managers ?? 0) - 0.01) < 1e-9)
})

void test('without one of the rows, or where it does not count, there are no costs', () => {
  assert.equal(unitsOf({ rows: ROWS.slice(0, 2) }, 50), undefined)
  assert.equal(unitsOf({ rows: ROWS.slice(2) }, 50), undefined)
  assert.equal(unitsOf({ rows: ROWS.map((one) => ({ ...one, faults: ['lost'] })) }, 50), undefined)
})

void test('what users need is rates at the peak times costs, and what they hold', () => {
  const units = unitsOf({ rows: ROWS }, 50)
  assert.ok(units)
  const assumed = {
    ...TEN_MILLION,
    connected: 86_400,
    messages: 10,
    logins: 1,
    presences: 2,
    seen_by: 5,
    peak: 2,
    busy: 0.5,
    sessions_a_manager: 1000,
  }
  // A second of the peak has 20 messages, 2 logins and 20 presences seen.
  const needs = Object.fromEntries(planOf(units, assumed).map((need) => [need.part, need]))
  const near = (found: number | undefined, wanted: number) =>
    assert.ok(Math.abs((found ?? 0) - wanted) < wanted * 1e-9, `${found} for ${wanted}`)
  near(needs['managers']?.cores, (20 * 1 + 2 * 5 + 20 * 1 + 86_400 * 0.01) / 1000 / 0.5)
  assert.equal(needs['managers']?.processes, 87)
  near(needs['managers']?.memory_gb, (86_400 * 60_000) / 1e9)
  near(needs['services']?.cores, (20 * 2) / 1000 / 0.5)
  assert.equal(needs['services']?.processes, 1)
  near(needs['nats']?.flows['messages/s'], 20 * 6 + 2 * 8 + 20 * 1)
  near(needs['redis']?.flows['commands/s'], 20 * 3 + 2 * 4)
  near(needs['redis']?.memory_gb, (86_400 * 1000) / 1e9)
  near(needs['postgres']?.flows['rows/s'], 40)
  near(needs['postgres']?.flows['GB a day'], (86_400 * 10 * 2 * 600) / 1e9)
})

void test('what is less than the kernel can tell is nothing', () => {
  const quiet = (cpu: number) =>
    ROWS.map((one) => ({
      ...one,
      phases: one.phases.map((each) =>
        each.name === 'idle many' ? phase(each.name, 0, { cpu: { managers: cpu } }) : each,
      ),
    }))
  assert.deepEqual(unitsOf({ rows: quiet(1.09) }, 50)?.session.cpu_ms_a_second, {})
  assert.ok((unitsOf({ rows: quiet(1.11) }, 50)?.session.cpu_ms_a_second.managers ?? 0) > 0)
})

void test('of what was measured twice the later counts', () => {
  const [one, other] = [row('archive', { rows: 1 }, []), row('archive', { rows: 1 }, [phase('chat', 1)])]
  assert.deepEqual(merged([{ rows: [one, ROWS[0] ?? one] }, { rows: [other] }]).rows, [ROWS[0], other])
})
