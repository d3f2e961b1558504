import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchEngines } from './engines.ts'

/** A registry whose changes can be waited for. */
function heardReadiness() {
  const said: string[] = []
  const waiting: (() => void)[] = []
  const note = (what: string) => {
    said.push(what)
    for (const wake of waiting.splice(0)) wake()
  }
  return {
    block: (name: string, reason: string) => note(`${name}: ${reason}`),
    clear: (name: string) => note(`${name} is there`),
    says: async (what: string) => {
      while (!said.includes(what)) await new Promise<void>((resolve) => void waiting.push(resolve))
      said.length = 0
    },
  }
}

test('an engine that hangs is said to be away before its answer is given up, and is back when it answers', async () => {
  const readiness = heardReadiness()
  const answer = Promise.withResolvers<undefined>()
  const database = { check: () => answer.promise }
  await using watch = watchEngines({ bus: { connected: () => true }, database, state: undefined }, readiness, 10)
  const first = watch.ready()
  await readiness.says('postgres: no answer in 10 ms')
  answer.resolve(undefined)
  await readiness.says('postgres is there')
  await first
})

test('an engine that fails says why', async () => {
  const readiness = heardReadiness()
  const state = { check: () => Promise.reject(new Error('Redis does not answer', { cause: new Error('refused') })) }
  await using watch = watchEngines({ bus: { connected: () => false }, database: undefined, state }, readiness, 60_000)
  await watch.ready()
  await readiness.says('redis: Redis does not answer: refused')
})

test('a bus without a connection is away', async () => {
  const readiness = heardReadiness()
  const engines = { bus: { connected: () => false }, database: undefined, state: undefined }
  await using watch = watchEngines(engines, readiness, 60_000)
  await watch.ready()
  await readiness.says('nats: no connection')
  assert.equal(watch.name, 'engines')
})
