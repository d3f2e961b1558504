// Slow: an engine of its own.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startRedis } from '@jabiru/testkit/parts/redis'
import { Redis } from 'ioredis'
import { stateContract } from './contract.ts'
import { type Fence, type LiveState, type SessionRow, type Standing, StateUnavailable } from './live-state.ts'
import { openRedisState } from './redis.ts'

const server = await startRedis({ own: true })
const raw = new Redis(server.url)
raw.on('error', () => undefined) // the server is killed below
const opened: LiveState[] = []
after(async () => {
  raw.disconnect()
  for (const state of opened) await state.close()
  await server[Symbol.asyncDispose]()
})

const open = async (standing: Standing, timeoutMs?: number): Promise<LiveState> => {
  const state = await openRedisState({ url: server.url, standing, timeoutMs })
  opened.push(state)
  return state
}
const always: Standing = () => Promise.resolve(true)
const shortMs = 300

stateContract('redis', {
  open,
  shortMs,
  // What is set last expires last.
  pass: async () => {
    await raw.set('probe', '', 'PX', shortMs)
    while ((await raw.pttl('probe')) >= 0);
    return undefined
  },
})

const LONG = 60_000
const row: SessionRow = {
  account: 'romeo@montague.example',
  resource: 'balcony',
  manager: { id: 'cm', epoch: 1 },
  generation: '5.1',
  value: '{}',
}

void test('what is read takes ids without rows out of the index', async () => {
  const state = await open(always)
  const fence = { scope: 'session.index', token: 5 }
  await state.put(fence, row, LONG)
  const [rowKey] = await raw.keys('*{session.index}:row:*')
  await raw.del(rowKey ?? '')
  assert.deepEqual(await state.rowsOf(fence.scope, row.account), [])
  assert.deepEqual(await state.rowsAt(fence.scope, row.manager), [])
  assert.deepEqual(await raw.keys('*{session.index}:account:*'), [])
  assert.deepEqual(await raw.keys('*{session.index}:manager:*'), [])
})

void test('nothing but tokens stays in Redis for ever', async () => {
  const state = await open(always)
  const fence = { scope: 'session.ttl', token: 5 }
  await state.put(fence, row, LONG)
  await state.mirror(fence, new Map([['queue', '1']]), LONG)
  await state.count('session.ttl', LONG)
  const lasting: string[] = []
  for (const key of await raw.keys('*session.ttl*')) if ((await raw.pttl(key)) < 0) lasting.push(key)
  assert.deepEqual(lasting, ['jabiru:{session.ttl}:fence'])
})

void test('two owners of a partition in two processes: the older one is fenced', async () => {
  const [older, newer] = [await open(always), await open(always)]
  const [was, is]: readonly Fence[] = [5, 6].map((token) => ({ scope: 'session.two', token }))
  assert.ok(was && is)
  assert.equal(await older.put(was, row, LONG), 'written')
  assert.equal(await newer.put(is, row, LONG), 'written')
  assert.equal(await older.remove(was, row, row), 'fenced')
  assert.equal((await newer.rowsOf('session.two', row.account)).length, 1)
})

void test('a Redis that lost everything asks the leases again, and names what is to be put again', async () => {
  const asked: Fence[] = []
  const state = await open(async (fence) => {
    asked.push(fence)
    return fence.token === 6
  })
  const [was, is]: readonly Fence[] = [5, 6].map((token) => ({ scope: 'session.lost', token }))
  assert.ok(was && is)
  await state.put(is, row, LONG)
  await raw.flushall()
  assert.equal(await state.put(was, row, LONG), 'fenced')
  assert.deepEqual(await state.refresh(is, [row], LONG), [row])
  assert.deepEqual(asked, [is, was, is])
})

void test('a Redis that is away refuses at once, and serves again when it is back, without what it had', async () => {
  const state = await open(always)
  const fence = { scope: 'session.away', token: 5 }
  await state.put(fence, row, LONG)
  await server.kill()
  await assert.rejects(state.put(fence, row, LONG), StateUnavailable)
  await assert.rejects(state.check(), StateUnavailable)
  await server.restart()
  for (let back = false; !back; )
    back = await state.check().then(
      () => true,
      () => false,
    )
  assert.deepEqual(await state.rowsOf(fence.scope, row.account), [])
  assert.equal(await state.put(fence, row, LONG), 'written')
})

void test('a Redis that does not answer is given up in bounded time', async () => {
  const state = await open(always, 1_000)
  await server.pause()
  try {
    await assert.rejects(state.check(), StateUnavailable)
    await assert.rejects(state.put({ scope: 'session.mute', token: 1 }, row, LONG), StateUnavailable)
  } finally {
    await server.resume()
  }
  for (let back = false; !back; )
    back = await state.check().then(
      () => true,
      () => false,
    )
})

void test('a state opens while Redis is away, and is not ready', async () => {
  await using state = await openRedisState({ url: 'redis://127.0.0.1:1', standing: always })
  await assert.rejects(state.check(), StateUnavailable)
})

void test('scripts that Redis forgot are loaded again', async () => {
  const state = await open(always)
  await raw.script('FLUSH')
  await assert.rejects(state.count('session.scripts', LONG), StateUnavailable)
  assert.equal(await state.count('session.scripts', LONG), 1)
})

void test('a password that Redis refuses is the reason that is told', async () => {
  await using guarded = await startRedis({ own: true })
  await guarded.stop()
  await guarded.restart(['--requirepass', 'secret'])
  const wrong = guarded.url.replace('redis://', 'redis://:wrong@')
  for (const url of [guarded.url, wrong]) {
    await using state = await openRedisState({ url, standing: always })
    await assert.rejects(state.check(), ({ cause }: Error) => /NOAUTH|WRONGPASS/.test(String(cause)))
  }
  await using state = await openRedisState({
    url: guarded.url.replace('redis://', 'redis://:secret@'),
    standing: always,
  })
  await state.check()
})
