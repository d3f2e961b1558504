import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuMsOf, kindMsOf, kindOf, since, sinceByKind } from './phase.ts'

void test('a process is known by its command line', () => {
  const node = '/usr/bin/node --enable-source-maps /home/x/services/cli/src/main.ts'
  const known = {
    [`${node} run connection-manager `]: 'managers',
    [`${node} run auth session roster presence archive `]: 'services',
    [`${node} run session connection-manager `]: 'services',
    [`${node} start`]: 'server',
    '/usr/sbin/nats-server --addr 127.0.0.1 ': 'nats',
    'redis-server 127.0.0.1:4001 ': 'redis',
    '/usr/lib/postgresql/15/bin/postgres -D /tmp/x ': 'postgres',
    'postgres: jabiru postgres 127.0.0.1(40032) idle': 'postgres',
    'sh -c true': 'other',
  }
  for (const [line, kind] of Object.entries(known)) assert.equal(kindOf(line), kind, line)
})

void test('what was used is the difference, and its cost is for each', () => {
  assert.deepEqual(since({ nats_in: 5 }, { nats_in: 25, nats_out: 3 }), { nats_in: 20, nats_out: 3 })
  const cpu = sinceByKind({ managers: 1, nats: 1 }, { managers: 3, nats: 1.5, redis: 0.5 })
  assert.deepEqual(cpu, { managers: 2, nats: 0.5, redis: 0.5 })
  const phase = { name: 'x', count: 1000, seconds: 1, cpu, generator: 0, counts: {}, memory_kb: {} }
  assert.equal(cpuMsOf(phase), 3)
  assert.equal(kindMsOf(phase, 'managers'), 2)
  assert.equal(kindMsOf(phase, 'postgres'), 0)
})
