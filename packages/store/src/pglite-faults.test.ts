// Slow: an embedded database.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { StoreUnavailable } from './database.ts'
import { openPglite } from './pglite.ts'
import { scratchFolder } from './scratch.ts'

const { dir, [Symbol.asyncDispose]: remove } = await scratchFolder()
const root = dirname(dir)
after(remove)

/** Runs a program in a process of its own; each of its lines is a number. */
function run(program: string): { readonly numbers: AsyncIterable<number>; readonly kill: () => Promise<unknown> } {
  const source = `import { openPglite } from ${JSON.stringify(new URL('./pglite.ts', import.meta.url).href)}\n${program}`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const numbers = async function* (): AsyncGenerator<number> {
    for await (const line of lines) yield Number(line)
  }
  return {
    numbers: numbers(),
    kill: () => {
      child.kill('SIGKILL')
      return once(child, 'exit')
    },
  }
}

void test('a first start that is killed half-way leaves nothing that a later start trips over', async () => {
  const place = join(root, 'half')
  const first = run(`
    import { existsSync } from 'node:fs'
    const opening = openPglite(${JSON.stringify(place)})
    while (!existsSync(${JSON.stringify(join(place, 'PG_VERSION'))})) await new Promise((resolve) => setImmediate(resolve))
    console.log(1)
    await opening`)
  for await (const _ of first.numbers) break
  await first.kill()
  assert.ok((await readdir(root)).includes('half.unfinished'))
  await using db = await openPglite(place)
  assert.deepEqual(await db.query('select 1 as n'), [{ n: 1 }])
  assert.ok(!(await readdir(root)).includes('half.unfinished'))
})

void test('what was committed survives a process that is killed while it writes', async () => {
  const writer = run(`
    const db = await openPglite(${JSON.stringify(dir)})
    await db.script('create table if not exists kept (n int primary key)')
    for (let n = 1; ; n += 1) {
      await db.query('insert into kept values ($1)', [n])
      console.log(n)
    }`)
  let last = 0
  for await (const n of writer.numbers) {
    last = n
    if (n === 50) break
  }
  await writer.kill()
  await using db = await openPglite(dir)
  const [row] = await db.query<{ most: number; count: number }>('select max(n) as most, count(*) as count from kept')
  assert.ok(row !== undefined && row.most >= last)
  assert.equal(row.count, row.most)
})

void test('an embedded database that dies refuses what it held, and is opened again for what follows', async () => {
  await using db = await openPglite(dir)
  await db.script('create table if not exists lived (n int)')
  await db.query('insert into lived values (1)')
  await rename(join(dir, 'global'), join(dir, 'away'))
  const held = await Promise.allSettled([db.query('checkpoint'), db.query('select n from lived')])
  for (const one of held) assert.ok(one.status === 'rejected' && one.reason instanceof StoreUnavailable)
  await rename(join(dir, 'away'), join(dir, 'global'))
  assert.deepEqual(await db.query('select n from lived'), [{ n: 1 }])
})

void test('the event loop is free while the embedded database computes', async () => {
  await using db = await openPglite(dir)
  let turns = 0
  let computing = true
  const computed = db.query('select count(*) from generate_series(1, 2000000)').finally(() => {
    computing = false
  })
  const turn = (): void => {
    turns += 1
    if (computing) setImmediate(turn)
  }
  turn()
  await computed
  assert.ok(turns > 100, `${String(turns)} turns`)
})

void test('the log that a start must replay stays short, however much is written', async () => {
  await using db = await openPglite(dir)
  await db.script('create table if not exists filled (words text)')
  for (let mebibytes = 0; mebibytes < 100; mebibytes += 2)
    await db.query('insert into filled select repeat(md5(g::text), 32) from generate_series(1, $1) as g', [2_048])
  const [row] = await db.query<{ bytes: number }>(
    'select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::int8 as bytes from pg_control_checkpoint()',
  )
  assert.ok(row !== undefined && row.bytes < 64 * 1024 * 1024, `${String(row?.bytes)} bytes`)
})
