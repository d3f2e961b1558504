// Slow: an engine of its own.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startNats } from './nats.ts'
import { foreignPart, NotOurs } from './part.ts'
import { startPostgres, startStandby } from './postgres.ts'
import { startRedis } from './redis.ts'

/** Whether somebody takes connections there. */
async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false // refused, which is the answer
  } finally {
    socket.destroy()
  }
}

for (const [name, start] of Object.entries({ startPostgres, startRedis, startNats })) {
  void test(`${name}: a part takes connections, dies, and comes back at the same place`, async () => {
    const part = await start({ own: true })
    try {
      assert.ok(await answers(part.url))
      await part.kill()
      assert.ok(!(await answers(part.url)))
      await part.restart()
      assert.ok(await answers(part.url))
      await part.pause()
      assert.ok(await answers(part.url), 'the kernel still takes connections')
      await part.resume()
      await part.stop()
      assert.ok(!(await answers(part.url)))
    } finally {
      await part[Symbol.asyncDispose]()
    }
  })
}

void test('a part that runs elsewhere is used and never stopped', async () => {
  const part = foreignPart('redis://192.0.2.1:6379')
  await assert.rejects(part.stop(), NotOurs)
  await assert.rejects(part.kill(), NotOurs)
  await assert.rejects(part.pause(), NotOurs)
  await part[Symbol.asyncDispose]()
})

void test('PostgreSQL: a standby of a part has its place beside it', async () => {
  const primary = await startPostgres({ own: true })
  try {
    const standby = await startStandby(primary.url)
    try {
      assert.notEqual(standby.url, primary.url)
      assert.ok(await standby.isRunning())
      await standby.kill()
      assert.ok(!(await standby.isRunning()))
      assert.ok(await answers(primary.url))
    } finally {
      await standby[Symbol.asyncDispose]()
    }
  } finally {
    await primary[Symbol.asyncDispose]()
  }
})
