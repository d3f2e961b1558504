import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bus, BusUnavailable, type Message, NobodyListens, RequestTimeout } from './bus.ts'

/** What every bus promises. `open` gives two ends of the same bus, which may be one object. */
export function busContract(name: string, open: () => Promise<{ a: Bus; b: Bus; close: () => Promise<void> }>): void {
  const contract = (title: string, run: (a: Bus, b: Bus) => Promise<void>) =>
    void test(`[${name}] ${title}`, async () => {
      const { a, b, close } = await open()
      try {
        await run(a, b)
      } finally {
        await close()
      }
    })

  /** Collects what comes on a subject until `count` messages have. */
  const collect = (bus: Bus, subject: string, count: number, queue?: string) => {
    const got: string[] = []
    const done = Promise.withResolvers<string[]>()
    const take = ({ payload }: Message) => {
      got.push(payload)
      if (got.length === count) done.resolve(got)
    }
    const subscription = bus.subscribe(subject, take, queue === undefined ? {} : { queue })
    return { got, done: done.promise, subscription }
  }

  /** Subscriptions made before are in force for what is published after. */
  const settled = async (bus: Bus) => {
    const echo = bus.subscribe('fence', ({ respond }) => respond?.(''))
    await bus.request('fence', '', { timeoutMs: 5_000 })
    echo.unsubscribe()
  }

  contract('B1 every subscriber gets each message, in the order of its publisher', async (a, b) => {
    const one = collect(b, 's', 3)
    const two = collect(b, 's', 3)
    await settled(b)
    for (const payload of ['x', 'é\n\u{1F339}', '']) a.publish('s', payload)
    assert.deepEqual(await one.done, ['x', 'é\n\u{1F339}', ''])
    assert.deepEqual(await two.done, one.got)
  })

  contract('B2 of those that share a queue, one gets each message', async (a, b) => {
    const left = collect(b, 's', Infinity, 'q')
    const right = collect(b, 's', Infinity, 'q')
    const all = collect(b, 's', 20)
    await settled(b)
    for (let i = 0; i < 20; i++) a.publish('s', String(i))
    await all.done
    await settled(b)
    assert.deepEqual(
      [...left.got, ...right.got].map(Number).sort((x, y) => x - y),
      Array.from({ length: 20 }, (_, i) => i),
    )
  })

  contract('B3 nothing comes after unsubscribing', async (a, b) => {
    const gone = collect(b, 's', 1)
    gone.subscription.unsubscribe()
    const fence = collect(b, 't', 1)
    await settled(b)
    a.publish('s', 'late')
    a.publish('t', 'fence')
    await fence.done
    assert.deepEqual(gone.got, [])
  })

  contract('B4 publish returns before any handler runs', async (a, b) => {
    const got = collect(b, 's', 1)
    await settled(b)
    a.publish('s', 'x')
    assert.deepEqual(got.got, [])
    await got.done
  })

  contract('B5 a handler that throws does not keep the message, or the next, from others', async (a, b) => {
    b.subscribe('s', () => {
      throw new Error('a bug')
    })
    const good = collect(b, 's', 2)
    await settled(b)
    a.publish('s', '1')
    a.publish('s', '2')
    assert.deepEqual(await good.done, ['1', '2'])
  })

  contract('B6 a request is answered, times out, or finds nobody', async (a, b) => {
    b.subscribe('echo', ({ payload, respond }) => respond?.(`${payload}!`))
    b.subscribe('silent', () => {})
    await settled(b)
    assert.equal(await a.request('echo', 'hey', { timeoutMs: 5_000 }), 'hey!')
    await assert.rejects(a.request('silent', '', { timeoutMs: 50 }), RequestTimeout)
    await assert.rejects(a.request('nobody', '', { timeoutMs: 5_000 }), NobodyListens)
  })

  contract('B7 a closed bus refuses to publish, and says that it is not connected', async (a) => {
    const heard: boolean[] = []
    a.onConnected((connected) => heard.push(connected))
    await a.close()
    assert.equal(a.connected(), false)
    assert.deepEqual(heard, [false])
    assert.throws(() => a.publish('s', 'x'), BusUnavailable)
  })
}
