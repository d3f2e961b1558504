import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { watchStop } from './stop.ts'

function watched() {
  const [source, clock] = [new EventEmitter(), createManualClock()]
  let insisted = 0
  const stop = watchStop({ source, clock, onInsist: () => void insisted++ })
  return { source, clock, stop, insisted: () => insisted }
}

for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  void test(`${event} asks to stop`, async () => {
    const { source, stop } = watched()
    source.emit(event, event)
    assert.equal(await stop.requested, event)
  })

void test('the end of the launcher asks to stop', async () => {
  const { source, stop } = watched()
  source.emit('disconnect')
  assert.equal(await stop.requested, 'disconnect')
})

void test('what asks by another way is told by its name', async () => {
  const { stop } = watched()
  stop.request('drain')
  assert.equal(await stop.requested, 'drain')
})

void test('one Ctrl-C that arrives from terminal, npm and launcher is no insistence', () => {
  const { source, clock, insisted } = watched()
  source.emit('SIGINT', 'SIGINT')
  clock.advance(3)
  source.emit('SIGINT', 'SIGINT')
  clock.advance(600)
  source.emit('SIGINT', 'SIGINT')
  assert.equal(insisted(), 0)
})

void test('a signal more than a second after the first is insistence', () => {
  const { source, clock, insisted } = watched()
  source.emit('SIGTERM', 'SIGTERM')
  clock.advance(1_001)
  source.emit('SIGINT', 'SIGINT')
  assert.equal(insisted(), 1)
})

void test('when it is disposed of nothing listens any more', () => {
  const { source, stop } = watched()
  stop[Symbol.dispose]()
  assert.deepEqual(source.eventNames(), [])
})
