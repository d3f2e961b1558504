// Slow: processes of its own.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import { listen } from '@jabiru/runtime'
import { environment } from '@jabiru/runtime/config'
import { runCommandLine } from './command-line.ts'
import { finish, type Running, start } from './testing/process.ts'
import { scratch } from './testing/scratch.ts'
import { recording } from './testing/terminal.ts'

const MAIN = path.join(import.meta.dirname, 'testing/accounts-only/main.ts')

const settingsFor = (data: string) => ({ JABIRU_DATA_DIR: data, JABIRU_HEALTH_PORT: '0', JABIRU_LOG_FORMAT: 'json' })
const freshData = (): string => path.join(scratch(), 'data')

function server(data: string, more: Record<string, string> = {}): Running {
  return start(process.execPath, [MAIN], { env: { ...environment(), ...settingsFor(data), ...more } })
}

async function command(data: string, ...args: readonly string[]) {
  const terminal = recording({ env: settingsFor(data) })
  const code = await runCommandLine(args, terminal)
  return { code, lines: terminal.lines, errors: terminal.errors }
}

void test('start-up says where to connect, the demo accounts and the data, and at last ready', async () => {
  const data = freshData()
  await using running = server(data, { JABIRU_C2S_PORT: '15222', JABIRU_C2S_PROXIED_PORT: '15224' })
  await running.says('ready\n')
  const out = running.out()
  assert.match(
    out,
    /clients +127\.0\.0\.1:15222 \(STARTTLS\), 127\.0\.0\.1:5223 \(TLS\)\n +terminators +127\.0\.0\.1:15224\n/,
  )
  assert.match(out, /demo1@localhost, password \S{16}\n.*demo2@localhost, password \S{16}\n/)
  assert.ok(out.includes(data))
  assert.ok(out.endsWith('\nready\n'))
})

void test('accounts are kept through the running server', async () => {
  const data = freshData()
  await using running = server(data)
  await running.says('ready\n')
  const added = await command(data, 'user', 'add', 'Alice@localhost', '--password', 'secret')
  assert.deepEqual(added, { code: 0, lines: ['added alice@localhost'], errors: [] })
  const twice = await command(data, 'user', 'add', 'alice@localhost', '--password', 'secret')
  assert.deepEqual(twice, { code: 1, lines: [], errors: ['jabiru: alice@localhost is there already'] })
  assert.deepEqual((await command(data, 'user', 'passwd', 'alice@localhost', '--password', 'new')).code, 0)
  assert.deepEqual((await command(data, 'user', 'remove', 'demo1@localhost')).lines, ['removed demo1@localhost'])
  assert.deepEqual((await command(data, 'user', 'list')).lines, ['alice@localhost', 'demo2@localhost'])
})

void test('a second server on the folder is refused in one line with code 1, and the first goes on', async () => {
  const data = freshData()
  await using first = server(data)
  await first.says('ready\n')
  await using second = server(data)
  const { code, out, err } = await finish(second)
  const line = `jabiru: ${data} is in use by process ${first.child.pid}: stop it, or set JABIRU_DATA_DIR to another folder\n`
  assert.deepEqual([code, out, err], [1, '', line])
  assert.equal((await command(data, 'user', 'list')).code, 0)
})

void test('SIGTERM stops the server with code 0, and the next one can start at once', async () => {
  const data = freshData()
  await using first = server(data)
  await first.says('ready\n')
  first.child.kill('SIGTERM')
  assert.deepEqual(await first.ended, { code: 0, signal: null })
  await using second = server(data)
  await second.says('ready\n')
  assert.match(second.out(), /passwords of the demo accounts: .*demo-accounts\.json\n/)
})

void test('drain ends the server, says how it goes, and comes back when it has ended', async () => {
  const data = freshData()
  await using running = server(data)
  await running.says('ready\n')
  assert.deepEqual(await command(data, 'drain'), { code: 0, lines: ['stopping', 'drained'], errors: [] })
  assert.deepEqual(await running.ended, { code: 0, signal: null })
  const again = await command(data, 'drain')
  assert.equal(again.code, 1)
  assert.match(again.errors.join(), /no server has left word of itself in .*control\.json/)
})

void test('a server started while the one before it is stopping waits for it', async () => {
  const data = freshData()
  await using first = server(data)
  await first.says('ready\n')
  first.child.kill('SIGTERM')
  await first.complains('"stopping"')
  await using second = server(data)
  await second.says('ready\n')
  assert.deepEqual(await first.ended, { code: 0, signal: null })
})

void test('after kill -9 the next server starts, and what the first left behind misleads nobody', async () => {
  const data = freshData()
  const first = server(data)
  await first.says('ready\n')
  await first[Symbol.asyncDispose]()
  await using second = server(data)
  await second.says('ready\n')
  assert.equal((await command(data, 'user', 'list')).code, 0)
})

void test('the server stops when the launcher that holds its channel is gone', async () => {
  const env = { ...environment(), ...settingsFor(freshData()) }
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'ignore', 'ipc'] })
  child.stdout?.setEncoding('utf8')
  for (let out = ''; !out.includes('ready\n'); ) out += String(await once(child.stdout ?? child, 'data'))
  const gone = once(child, 'exit')
  child.disconnect()
  assert.deepEqual(await gone, [0, null])
})

void test('a port in use is one line with code 1, and the folder is free again', async () => {
  const data = freshData()
  await using taken = createServer()
  const port = await listen(taken, { host: '127.0.0.1', port: 0, setting: 'health.port' })
  await using refused = server(data, { JABIRU_HEALTH_PORT: String(port) })
  const { code, out, err } = await finish(refused)
  const line = `jabiru: port ${port} on 127.0.0.1 is in use: stop the program that has it, or set JABIRU_HEALTH_PORT to another port\n`
  assert.deepEqual([code, out, err], [1, '', line])
})

void test('a folder that cannot be written is one line with code 1', async () => {
  await using refused = server('/dev/null/data')
  const { code, err } = await finish(refused)
  const line =
    'jabiru: cannot keep data in /dev/null/data (a file is in its way): mend that, or set JABIRU_DATA_DIR to another folder\n'
  assert.deepEqual([code, err], [1, line])
})

void test('a server whose output nobody reads any more goes on', async () => {
  const data = freshData()
  await using running = server(data, { JABIRU_LOG_LEVEL: 'info' })
  await running.says('ready\n')
  running.child.stdout.destroy()
  running.child.stderr.destroy()
  assert.equal((await command(data, 'user', 'list')).code, 0)
  running.child.kill('SIGTERM')
  assert.deepEqual(await once(running.child, 'exit'), [0, null])
})

void test('a setting without effect is told in the log', async () => {
  await using running = server(freshData(), { JABIRU_S2S_PORT: '5269' })
  await running.says('ready\n')
  assert.match(running.err(), /"key":"s2s\.port","event":"setting_without_effect"/)
})
