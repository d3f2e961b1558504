import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { ageOf, createHops, during, newTraceId } from './hops.ts'
import { listen } from './listen.ts'
import { createLog } from './log.ts'
import { COUNTS, createMetrics } from './metrics.ts'
import { Secret } from './secret.ts'
import { startTelemetry } from './telemetry.ts'

const message = { name: 'message', type: 'chat', id: 'm1' }

function recordingLog() {
  const written: string[] = []
  const log = createLog(
    { level: 'info', format: 'json' },
    { destination: { write: (text) => void written.push(text) } },
  )
  const hops = () => written.map((line) => JSON.parse(line)).filter((line) => line.event === 'hop')
  return { log, hops }
}

const start = (more: { otlp_url?: Secret } = {}, log = recordingLog().log) =>
  startTelemetry({ config: { trace_ratio: 1, ...more }, software: '9.8.7', log })

void test('counters, gauges and histograms stand in the text for Prometheus', async () => {
  await using telemetry = await start()
  const { counter, gauge, histogram } = createMetrics()
  const stanzas = counter('stanzas')
  const messages = stanzas({ kind: 'message', direction: 'in' })
  stanzas({ kind: 'iq', direction: 'in' })(2)
  messages()
  messages(3)
  gauge('connections', () => [[7]])
  histogram('commitRows', COUNTS)(4)
  const text = await telemetry.metrics()
  const lines = text.split('\n')
  for (const line of [
    '# TYPE jabiru_stanzas_total counter',
    'jabiru_stanzas_total{kind="message",direction="in"} 4',
    'jabiru_stanzas_total{kind="iq",direction="in"} 2',
    '# TYPE jabiru_connections gauge',
    'jabiru_connections 7',
    'jabiru_commit_rows_bucket{le="2"} 0',
    'jabiru_commit_rows_bucket{le="5"} 1',
    'jabiru_commit_rows_count 1',
  ])
    assert.ok(lines.includes(line), `${line}\n${text}`)
  assert.match(text, /target_info\{service_name="jabiru",service_version="9\.8\.7",/)
})

void test('hops are lines of the log that name their trace, the hop before and nothing of what was said', async () => {
  const { log, hops } = recordingLog()
  await using _ = await start({}, log)
  const first = createHops('connection-manager', 1).begin('stanza', message)
  const next = createHops('session').follow(first?.trace, 'send', message, 'a1')
  await assert.rejects(during(next, Promise.reject(new Error('lost'))), /lost/)
  await during(first, Promise.resolve())
  const [send, stanza] = hops()
  const told = 'admission at event hop instance kind level ms parent service span stanza time trace type'
  assert.equal(Object.keys(send).toSorted().join(' '), told)
  assert.deepEqual([send.hop, send.service, send.stanza, send.admission], ['send', 'session', 'm1', 'a1'])
  assert.deepEqual([stanza.hop, stanza.service, stanza.parent], ['stanza', 'connection-manager', undefined])
  assert.deepEqual([send.trace, send.parent], [stanza.trace, stanza.span])
  assert.equal(first?.trace, `00-${stanza.trace}-${stanza.span}-01`)
})

void test('an id of any length that a client gives is cut in what is told', async () => {
  const { log, hops } = recordingLog()
  await using _ = await start({}, log)
  createHops('connection-manager', 1)
    .begin('stanza', { name: 'iq', id: 'x'.repeat(5_000) })
    ?.end()
  assert.equal(hops()[0]?.stanza.length, 200)
})

void test('a collector gets the spans as OTLP over HTTP, and the log none', async () => {
  await using server = createServer((request, response) => {
    request.resume().on('end', () => response.end())
  })
  const port = await listen(server, { host: '127.0.0.1', port: 0, setting: 'health.port' })
  const asked = once(server, 'request')
  const { log, hops } = recordingLog()
  {
    await using _ = await start({ otlp_url: new Secret(`http://127.0.0.1:${port}/`) }, log)
    createHops('session', 1).begin('stanza', message)?.end()
  }
  const [{ method, url }] = await asked
  assert.deepEqual([method, url, hops()], ['POST', '/v1/traces', []])
  server.closeAllConnections()
})

void test('nothing is traced with a ratio of 0, without telemetry, or after what is no traceparent of a sampled trace', async () => {
  assert.equal(createHops('session', 1).begin('stanza', message), undefined)
  await using _ = await start()
  const hops = createHops('session', 0)
  const id = '0af7651916cd43dd8448eb211c80319c'
  assert.equal(hops.begin('stanza', message), undefined)
  for (const trace of [undefined, '', 'x', `00-${id}-b7ad6b7169203331-00`, `00-${id.slice(1)}-b7ad6b7169203331-01`])
    assert.equal(hops.follow(trace, 'send', message), undefined, String(trace))
  assert.equal(hops.follow(`00-${id}-b7ad6b7169203331-01`, 'send', message)?.trace.slice(3, 35), id)
})

void test('W3C Trace Context §3.2.2.3 a trace id is 32 hex digits; its first tell when it began', () => {
  const id = newTraceId(1_700_000_000_123)
  assert.match(id, /^[0-9a-f]{32}$/)
  assert.notEqual(id, newTraceId(1_700_000_000_123))
  const trace = `00-${id}-b7ad6b7169203331-01`
  assert.equal(ageOf(trace, 1_700_000_001_623), 1.5)
  // The clock of the other machine is ahead.
  assert.equal(ageOf(trace, 1_700_000_000_000), 0)
})
