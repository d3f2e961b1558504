// Slow: an engine of its own.
// Longer than 250 lines: one suite, a case after the other.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import { plot } from './contract/house.ts'
import { type Database, SqlError, StoreUnavailable } from './database.ts'
import { createGroupWriter, type GroupWriter } from './group-writer.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres.ts'

// What only a server in a process of its own can do: block, die, stop and lose its answers.

const server = await startPostgres({ own: true })
after(() => server[Symbol.asyncDispose]())
const db = await openPostgres({ url: server.url })
after(() => db.close())
await migrate(db)

const written = { outcome: 'written' } as const

const writerFor = (service: string, on: Database = db, onRetry: () => void = () => undefined): GroupWriter =>
  createGroupWriter(on, { service, maxRows: 100, maxBytes: 1_000_000, onRetry, wait: () => Promise.resolve() })

/** So many looks at the server take seconds, in which what is waited for has long happened. */
const LOOKS = 20_000

/** Resolves to the process of the statement that waits for a lock, once one does. */
async function blocked(words: string): Promise<number> {
  for (let look = 0; look < LOOKS; look += 1) {
    const [row] = await db.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where wait_event_type = 'Lock' and pid <> pg_backend_pid() and query like '%' || $1 || '%'`,
      [words],
    )
    if (row) return row.pid
  }
  throw new Error(`no statement with "${words}" waits for a lock`)
}

/** A row that is not committed stands where the writer's row goes, so that the writer's statement waits. */
const inTheWay =
  'insert into archive (owner, position, id, peer, outgoing, at, type, archived, offline, stanza) select $1, 99, $2, $1, false, now(), $1, true, true, $1'

void test('a takeover waits for the statement in flight, and comes after it', async () => {
  const { service, owner, row, takeover, positions } = await plot(db)
  await using writer = writerFor(service)
  const order: string[] = []
  const [append, taken] = await db.transaction(async (q) => {
    await q.query(inTheWay, [owner, 'id-1'])
    const append = Promise.all([writer.append(row(1)), writer.append(row(2))]).finally(() => order.push('append'))
    await blocked('with fence as')
    const taken = takeover().finally(() => order.push('takeover'))
    await blocked('update lease')
    return [append, taken] as const
  })
  assert.deepEqual(await append, [{ outcome: 'duplicate', position: 99 }, written])
  await taken
  assert.deepEqual(await positions(), [2, 99])
  assert.deepEqual(await writer.append(row(3)), { outcome: 'fenced' })
})

void test('a statement whose takeover is under way waits for it, and is fenced', async () => {
  const { service, row, takeover, positions } = await plot(db)
  await using writer = writerFor(service)
  const [append] = await db.transaction(async (q) => {
    await takeover(q)
    const append = writer.append(row(1))
    await blocked('with fence as')
    return [append] as const
  })
  assert.deepEqual(await append, { outcome: 'fenced' })
  assert.deepEqual(await positions(), [])
})

void test('a takeover that is rolled back fences nobody', async () => {
  const { service, row, takeover } = await plot(db)
  await using writer = writerFor(service)
  const appends: Promise<unknown>[] = []
  await assert.rejects(
    db.transaction(async (q) => {
      await takeover(q)
      appends.push(writer.append(row(1)))
      await blocked('with fence as')
      await q.query('select 1 / 0')
    }),
    SqlError,
  )
  assert.deepEqual(await Promise.all(appends), [written])
})

void test('a backend that is killed in its commit costs nothing: the rows are written once', async () => {
  const { service, owner, row, positions } = await plot(db)
  let retries = 0
  await using writer = writerFor(service, db, () => {
    retries += 1
  })
  const appends: Promise<unknown>[] = []
  await assert.rejects(
    db.transaction(async (q) => {
      await q.query(inTheWay, [owner, 'id-2'])
      appends.push(writer.append(row(1)), writer.append(row(2)))
      await db.query('select pg_terminate_backend($1)', [await blocked('with fence as')])
      await blocked('with fence as')
      throw new SqlError({ message: 'rolled back', sqlstate: 'P0001' })
    }),
    SqlError,
  )
  assert.deepEqual(await Promise.all(appends), [written, written])
  assert.ok(retries > 0)
  assert.deepEqual(await positions(), [1, 2])
})

void test('a connection that is cut between the commit and its answer costs nothing', async () => {
  const { service, owner, row, positions } = await plot(db)
  await using lossy = await cutAfter((words) => words.includes('insert into archive'))
  await using through = await openPostgres({ url: lossy.url, poolSize: 1 })
  let retries = 0
  await using writer = writerFor(service, through, () => {
    retries += 1
  })
  const confirmed = writer.advance({ ...row(1), watermark: 1, exceptions: [] })
  assert.deepEqual(await Promise.all([writer.append(row(1)), writer.append(row(2)), confirmed]), [
    written,
    written,
    written,
  ])
  assert.ok(retries > 0)
  assert.deepEqual(await positions(), [1, 2])
  assert.deepEqual(await db.query('select watermark from delivery where owner = $1', [owner]), [{ watermark: 1 }])
})

void test('a killed server holds the writer back, and what it had is written when the server is back', async () => {
  const { service, row, positions } = await plot(db)
  const failed = Promise.withResolvers<undefined>()
  await using writer = createGroupWriter(db, {
    service,
    maxRows: 1,
    maxBytes: 1_000_000,
    onRetry: () => {
      failed.resolve(undefined)
    },
  })
  await writer.append(row(1))
  await server.kill()
  const later = Promise.all([writer.append(row(2)), writer.append(row(3))])
  await failed.promise
  await assert.rejects(db.check(), StoreUnavailable)
  await server.restart()
  assert.deepEqual(await later, [written, written])
  assert.deepEqual(await positions(), [1, 2, 3])
  await db.check()
})

void test('a server that does not answer is given up in bounded time, and used again when it answers', async () => {
  await using impatient = await openPostgres({
    url: server.url,
    queryTimeoutMs: 1_000,
    connectTimeoutMs: 1_000,
    poolSize: 2,
  })
  await impatient.check()
  await server.pause()
  try {
    const waiting = Array.from({ length: 5 }, () => impatient.query('select 1'))
    for (const one of await Promise.allSettled(waiting)) {
      assert.equal(one.status, 'rejected')
      assert.ok(one.reason instanceof StoreUnavailable)
    }
  } finally {
    await server.resume()
  }
  await impatient.check()
})

void test('waiting for a free connection is bounded', async () => {
  await using small = await openPostgres({ url: server.url, connectTimeoutMs: 500, poolSize: 1 })
  await small.transaction(async (q) => {
    await assert.rejects(small.query('select 1'), StoreUnavailable)
    await q.query('select 1')
  })
  await small.check()
})

void test('a statement that takes too long is ended in the server too', async () => {
  await using impatient = await openPostgres({ url: server.url, queryTimeoutMs: 500 })
  await assert.rejects(impatient.query('select pg_sleep(60)'), StoreUnavailable)
  let running = 1
  for (let look = 0; look < LOOKS && running > 0; look += 1)
    running = (
      await db.query("select pid from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'")
    ).length
  assert.equal(running, 0)
})

void test('a migration may take longer than a statement', async () => {
  await db.script('create database slow')
  await using impatient = await openPostgres({
    url: server.url.replace(/postgres$/, 'slow'),
    queryTimeoutMs: 500,
  })
  const steps = ['select pg_sleep(0.8); create table slow (n int)']
  await Promise.all([migrate(impatient, steps), migrate(impatient, steps)])
  assert.deepEqual(await impatient.query('select n from slow'), [])
})

void test('a user whom the server no longer takes is no fault of the statement', async () => {
  await using stranger = await openPostgres({ url: server.url.replace('jabiru@', 'stranger@') })
  await assert.rejects(
    stranger.query('select 1'),
    (err) => err instanceof StoreUnavailable && /stranger/.test(err.message),
  )
})

void test('nobody there is told with its cause', async () => {
  await using nobody = await openPostgres({ url: 'postgres://jabiru@127.0.0.1:1/postgres' })
  await assert.rejects(
    nobody.query('select 1'),
    (err) => err instanceof StoreUnavailable && err.cause instanceof Error && /ECONNREFUSED/.test(err.cause.message),
  )
})

const lacks = [
  ['takes no writes', 'default_transaction_read_only = on'],
  ['loses commits', 'synchronous_commit = off'],
] as const
for (const [lack, setting] of lacks) {
  void test(`a server that ${lack} is not ready`, async () => {
    await db.script(`create role lacking login superuser; alter role lacking set ${setting}`)
    try {
      await using lacking = await openPostgres({ url: server.url.replace('jabiru@', 'lacking@') })
      await assert.rejects(lacking.check(), StoreUnavailable)
    } finally {
      await db.script('drop role lacking')
    }
  })
}

void test('a write that meets a standby, or a primary that was demoted, is no fault of the write', async () => {
  const write = db.transaction(async (q) => {
    await q.script('set transaction read only')
    await q.query("insert into lease_beat values ('a', 'b', 1)")
  })
  await assert.rejects(write, StoreUnavailable)
})

void test('a replicated server without its synchronous standby is not ready', async () => {
  await using replicated = await openPostgres({ url: server.url, requireStandby: true })
  await assert.rejects(replicated.check(), StoreUnavailable)
})

void test('a table that changes under a prepared statement costs one refusal, and none for good', async () => {
  await using one = await openPostgres({ url: server.url, poolSize: 1 })
  await one.script('create table changing (a int); insert into changing values (1)')
  assert.deepEqual(await one.query('select * from changing where a = $1', [1]), [{ a: 1 }])
  await db.script('alter table changing add b int')
  await assert.rejects(one.query('select * from changing where a = $1', [1]), StoreUnavailable)
  assert.deepEqual(await one.query('select * from changing where a = $1', [1]), [{ a: 1, b: null }])
})

/** A door to the server that lets a statement in, and cuts the connection when its answer comes out. Once. */
async function cutAfter(isIt: (words: string) => boolean): Promise<AsyncDisposable & { readonly url: string }> {
  const { hostname, port } = new URL(server.url)
  let armed = true
  const sockets = new Set<Socket>()
  const door = createServer((client) => {
    const inside = connect(Number(port), hostname)
    let cut = false
    for (const socket of [client, inside]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    client.on('data', (chunk) => {
      if (armed && isIt(chunk.toString('latin1'))) {
        armed = false
        cut = true
      }
      inside.write(chunk)
    })
    inside.on('data', (chunk) => {
      if (cut) client.destroy()
      else client.write(chunk)
    })
    client.on('close', () => inside.end())
    inside.on('close', () => client.destroy())
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const address = door.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  const url = new URL(server.url)
  url.port = String(address.port)
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      door.close()
      await once(door, 'close')
    },
  }
}
