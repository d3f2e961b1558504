import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PortInUse } from './fault.ts'
import { startHealth } from './health.ts'
import { createReadiness } from './readiness.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }

async function get(port: number, path: string, method = 'GET'): Promise<readonly [number, unknown]> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method })
  return [response.status, await response.json()]
}

void test('/readyz gives 503 with the reasons, and 200 when there is none', async () => {
  const readiness = createReadiness()
  readiness.block('bus', 'not connected to NATS')
  await using health = await startHealth(LOOPBACK, { readiness })
  assert.deepEqual(await get(health.port, '/readyz'), [
    503,
    { ready: false, reasons: { bus: 'not connected to NATS' } },
  ])
  readiness.clear('bus')
  assert.deepEqual(await get(health.port, '/readyz?verbose'), [200, { ready: true, reasons: {} }])
})

void test('/livez does not depend on readiness', async () => {
  const readiness = createReadiness()
  readiness.block('bus', 'gone')
  await using health = await startHealth(LOOPBACK, { readiness })
  assert.deepEqual(await get(health.port, '/livez'), [200, { alive: true }])
})

void test('anything else is not there, and nothing can be posted', async () => {
  await using health = await startHealth(LOOPBACK, { readiness: createReadiness() })
  for (const path of ['/', '/metrics', '/livez/..', '/readyzz'])
    assert.equal((await get(health.port, path))[0], 404, path)
  assert.equal((await get(health.port, '/livez', 'POST'))[0], 405)
})

void test('/metrics is what the metrics say, and 500 when they cannot be read', async () => {
  const metrics = ['jabiru_sessions 3\n'].values()
  const read = async () => {
    const { value } = metrics.next()
    if (value === undefined) throw new Error('no more')
    return value
  }
  await using health = await startHealth(LOOPBACK, { readiness: createReadiness(), metrics: read })
  const response = await fetch(`http://127.0.0.1:${health.port}/metrics`)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  assert.equal(await response.text(), 'jabiru_sessions 3\n')
  assert.deepEqual(await get(health.port, '/metrics'), [500, { error: 'no more' }])
})

void test('a port in use is one line that names the setting', async () => {
  await using health = await startHealth(LOOPBACK, { readiness: createReadiness() })
  await assert.rejects(startHealth({ ...LOOPBACK, port: health.port }, { readiness: createReadiness() }), (error) => {
    assert.ok(error instanceof PortInUse)
    const line = `port ${health.port} on 127.0.0.1 is in use: stop the program that has it, or set JABIRU_HEALTH_PORT to another port`
    assert.equal(error.message, line)
    return true
  })
})

void test('an address of another machine is refused in one line', async () => {
  await assert.rejects(startHealth({ host: '192.0.2.1', port: 0 }, { readiness: createReadiness() }), {
    name: 'PortInUse',
    message: '192.0.2.1 is no address of this machine: set JABIRU_LISTEN to one that is',
  })
})
