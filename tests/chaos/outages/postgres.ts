import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { openDatabase } from '@jabiru/store'
import type { Part as Engine } from '@jabiru/testkit/parts/part'
import { startPostgres, startPostgresIn, startStandby } from '@jabiru/testkit/parts/postgres'
import { openProxy } from '@jabiru/testkit/proxy'
import { CannotStrike, type Outage, type Postgres } from './outage.ts'

const run = promisify(execFile)

/** Starts the PostgreSQL that an outage needs. Rejects with CannotStrike. */
export async function startFor({ needs }: Pick<Outage, 'needs'>): Promise<Postgres> {
  if (needs === 'a standby') return startPair()
  if (needs === 'a small disk') return startOnSmallDisk()
  const engine = await startPostgres({ own: true })
  return { engine, losePrimary, fillDisk, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() }
}

const losePrimary = () => Promise.reject(new CannotStrike('PostgreSQL has no standby'))
const fillDisk = () => Promise.reject(new CannotStrike('PostgreSQL has no disk of its own'))

/** Two servers behind one address, of which the second has what the first has committed. */
async function startPair(): Promise<Postgres> {
  await using open = new AsyncDisposableStack()
  const primary = open.use(await startPostgres({ own: true }))
  const standby = open.use(await startStandby(primary.url))
  await standsBy(primary)
  const address = new URL(primary.url)
  const proxy = open.use(await openProxy(Number(address.port)))
  address.port = String(proxy.port)
  const kept = open.move()
  return {
    engine: { ...primary, url: address.href },
    losePrimary: async () => {
      await primary.kill()
      return async () => {
        await tell(standby, 'select pg_promote()')
        proxy.lead(Number(new URL(standby.url).port))
      }
    },
    fillDisk,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** From here on nothing counts as committed that the standby does not have. */
async function standsBy(primary: Engine): Promise<void> {
  await tell(primary, `alter system set synchronous_standby_names = '*'`, 'select pg_reload_conf()')
  await using database = await openDatabase({ url: primary.url, poolSize: 1 })
  for (let sync = false; !sync; ) {
    const rows = await database.query(`select from pg_stat_replication where sync_state = 'sync'`)
    sync = rows.length > 0
  }
}

async function tell(engine: Engine, ...statements: readonly string[]): Promise<void> {
  await using database = await openDatabase({ url: engine.url, poolSize: 1 })
  for (const sql of statements) await database.query(sql)
}

const DISK = '64m'
/** So that a database fits on it, and the log of its changes is there before the disk is full. */
const SMALL = { min_wal_size: '8MB', max_wal_size: '12MB' }

/** A server on a disk of its own. */
async function startOnSmallDisk(): Promise<Postgres> {
  await using open = new AsyncDisposableStack()
  const disk = await mkdtemp(join(tmpdir(), 'jabiru-disk-'))
  open.defer(() => rm(disk, { recursive: true, force: true }))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'jabiru', disk])
  } catch (error) {
    throw new CannotStrike(`a small disk cannot be mounted: ${String(error)}`, { cause: error })
  }
  // One that something still holds goes when that ends.
  open.defer(async () => {
    await run('umount', ['--lazy', disk])
  })
  const folder = join(disk, 'postgres')
  await mkdir(folder)
  const engine = open.use(await startPostgresIn(folder, SMALL, ['--wal-segsize=1']))
  const filler = join(disk, 'filler')
  const kept = open.move()
  return {
    engine,
    losePrimary,
    fillDisk: async () => {
      await fill(filler)
      return async () => {
        await rm(filler)
        // Without space for its log the server ends itself; what keeps it running starts it again.
        if (!(await engine.isRunning())) await engine.restart()
      }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Writes until there is no space. */
async function fill(file: string): Promise<void> {
  const block = Buffer.alloc(4096)
  const endless = Readable.from(
    (function* () {
      for (;;) yield block
    })(),
  )
  await pipeline(endless, createWriteStream(file)).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  })
}
