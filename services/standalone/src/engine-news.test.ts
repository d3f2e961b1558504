import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReadiness } from '@jabiru/runtime'
import { withNews } from './engine-news.ts'

void test('an engine that goes away is one line, whatever the reasons; so is its return, and readiness knows the last reason', () => {
  const lines: unknown[] = []
  const readiness = createReadiness()
  const note = (fields: object, event: string) => void lines.push([event, fields])
  const news = withNews(readiness, { warn: note, info: note })
  news.clear('nats')
  news.block('nats', 'no connection')
  news.block('nats', 'still none')
  assert.deepEqual(readiness.reasons(), { nats: 'still none' })
  news.clear('nats')
  news.clear('nats')
  assert.deepEqual(lines, [
    ['engine_unavailable', { engine: 'nats', reason: 'no connection' }],
    ['engine_back', { engine: 'nats' }],
  ])
  assert.ok(readiness.isReady())
})
