// Slow: an engine of its own.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startNats } from '@jabiru/testkit/parts/nats'
import { openProxy } from '@jabiru/testkit/proxy'
import { type Bus, BusUnavailable } from './bus.ts'
import { busContract } from './contract.ts'
import { connectNats } from './nats.ts'

const nats = await startNats()
after(() => nats[Symbol.asyncDispose]())

busContract('NATS', async () => {
  const [a, b] = await Promise.all([
    connectNats({ url: nats.url, name: 'a' }),
    connectNats({ url: nats.url, name: 'b' }),
  ])
  const close = async () => {
    await Promise.all([a.close(), b.close()])
  }
  return { a, b, close }
})

const becomes = (bus: Bus, wanted: boolean) =>
  new Promise<void>((resolve) => {
    if (bus.connected() === wanted) return resolve()
    const heard = bus.onConnected((connected) => {
      if (connected !== wanted) return
      heard.unsubscribe()
      resolve()
    })
  })

test('[NATS] publishing is refused while the server is away; subscriptions live on when it is back', async () => {
  const own = await startNats({ own: true })
  const bus = await connectNats({ url: own.url, name: 'survivor' })
  const got: string[] = []
  const fence = Promise.withResolvers<void>()
  bus.subscribe('s', ({ payload }) => {
    got.push(payload)
    if (payload === 'fresh') fence.resolve()
  })
  await own.kill()
  await becomes(bus, false)
  assert.throws(() => bus.publish('s', 'stale'), BusUnavailable)
  await assert.rejects(bus.request('s', 'stale', { timeoutMs: 1_000 }), BusUnavailable)
  await own.restart()
  await becomes(bus, true)
  bus.publish('s', 'fresh')
  await fence.promise
  assert.deepEqual(got, ['fresh'])
  await bus.close()
  await own[Symbol.asyncDispose]()
})

test('[NATS] a server that is not there is told in one line that names it and no password', async () => {
  await assert.rejects(connectNats({ url: 'nats://me:hidden@127.0.0.1:1', name: 'nobody' }), (fault: Error) => {
    assert.ok(fault instanceof BusUnavailable)
    assert.match(fault.message, /127\.0\.0\.1:1/)
    assert.doesNotMatch(fault.message, /hidden|\n/)
    return true
  })
})

test('[NATS] a server that does not read is published to no more when a bound is reached, and again when it reads', async () => {
  const own = await startNats({ own: true })
  const bus = await connectNats({ url: own.url, name: 'flood' })
  const payload = 'x'.repeat(256 * 1024)
  await own.pause()
  let published = 0
  const flood = () => {
    while (published < 1_000) {
      bus.publish('s', payload)
      published += 1
    }
  }
  assert.throws(flood, BusUnavailable)
  assert.ok(published * payload.length <= 33 * 1024 * 1024, `${published} of 256 KB each`)
  assert.equal(bus.connected(), false)
  await assert.rejects(bus.request('s', '', { timeoutMs: 1_000 }), BusUnavailable)
  await own.resume()
  for (let taken = false; !taken; ) {
    await new Promise<void>((resolve) => void setImmediate(resolve))
    try {
      bus.publish('s', payload)
      taken = true
    } catch (fault) {
      assert.ok(fault instanceof BusUnavailable)
    }
  }
  await bus.close()
  await own[Symbol.asyncDispose]()
})

test('[NATS] a server that hears nothing any more is noticed, also where what was written does not leave', async () => {
  await using way = await openProxy(Number(new URL(nats.url).port))
  const bus = await connectNats({ url: `nats://127.0.0.1:${way.port}`, name: 'cut', pingMs: 100 })
  way.turn({ is: 'cut', way: 'there' })
  const payload = 'x'.repeat(256 * 1024)
  for (let n = 0; n < 64; n++) bus.publish('s', payload)
  await becomes(bus, false)
  assert.throws(() => bus.publish('s', 'stale'), BusUnavailable)
  way.turn({ is: 'fair' })
  await becomes(bus, true)
  bus.publish('s', 'fresh')
  await bus.close()
})
