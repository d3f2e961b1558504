import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from './clock.ts'
import { createLifecycle, type Service, StopDeadline } from './lifecycle.ts'

/** Services that write down what happens to them. */
function recorder() {
  const story: string[] = []
  const service =
    (name: string, parts: { ready?: () => Promise<void>; stop?: () => Promise<void> } = {}) =>
    (): Service => {
      story.push(`create ${name}`)
      return {
        name,
        ready: async () => {
          await parts.ready?.()
          story.push(`ready ${name}`)
        },
        [Symbol.asyncDispose]: async () => {
          story.push(`stop ${name}`)
          await parts.stop?.()
        },
      }
    }
  return { story, service }
}

void test('services start one after the other is ready, and stop in reverse', async () => {
  const { story, service } = recorder()
  const house = createLifecycle({ stopDeadlineMs: 1, clock: createManualClock() })
  await house.start(service('a'))
  await house.start(service('b'))
  await Promise.all([house.stop(), house.stop()])
  assert.deepEqual(story, ['create a', 'ready a', 'create b', 'ready b', 'stop b', 'stop a'])
})

void test('one that never becomes ready is stopped with the others', async () => {
  const { story, service } = recorder()
  const house = createLifecycle({ stopDeadlineMs: 1, clock: createManualClock() })
  await house.start(service('a'))
  await assert.rejects(house.start(service('b', { ready: () => Promise.reject(new Error('no')) })), { message: 'no' })
  await house.stop()
  assert.deepEqual(story, ['create a', 'ready a', 'create b', 'stop b', 'stop a'])
})

void test('one that fails to stop keeps no other from it, and is told of', async () => {
  const { story, service } = recorder()
  const house = createLifecycle({ stopDeadlineMs: 1, clock: createManualClock() })
  await house.start(service('a'))
  await house.start(service('b', { stop: () => Promise.reject(new Error('stuck')) }))
  await assert.rejects(house.stop(), AggregateError)
  assert.deepEqual(story.slice(-2), ['stop b', 'stop a'])
})

void test('when the time is up stopping ends with the names of those that have not stopped', async () => {
  const { service } = recorder()
  const clock = createManualClock()
  const house = createLifecycle({ stopDeadlineMs: 5_000, clock })
  await house.start(service('a'))
  await house.start(service('b', { stop: () => new Promise(() => undefined) }))
  const stopped = house.stop()
  clock.advance(5_000)
  await assert.rejects(stopped, (error) => {
    assert.ok(error instanceof StopDeadline)
    assert.deepEqual(error.waiting, ['a', 'b'])
    return true
  })
})

void test('nothing starts once stopping has begun', async () => {
  const { story, service } = recorder()
  const house = createLifecycle({ stopDeadlineMs: 1, clock: createManualClock() })
  await house.stop()
  await assert.rejects(house.start(service('a')))
  assert.deepEqual(story, [])
})
