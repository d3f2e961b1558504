import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { test } from 'node:test'
import { createLog, type DataFolder, listen, openDataFolder, UserFault } from '@jabiru/runtime'
import type { AccountCommand, Perform } from '../accounts/command.ts'
import { scratch } from '../testing/scratch.ts'
import { drainThrough, openControl } from './client.ts'
import { controlIn, writeControl } from './file.ts'
import { startControl } from './server.ts'

const log = createLog({ level: 'error', format: 'json' }, { destination: { write: () => undefined } })

interface Channel extends AsyncDisposable {
  readonly folder: DataFolder
  readonly seen: readonly AccountCommand[]
  /** How it is going, and that it is over, for those that drain it. */
  readonly tell: (progress: string) => void
  readonly draining: Promise<void>
}

/** A running channel that notes what it is asked. */
async function channel(
  perform: Perform | undefined = () => Promise.resolve({ said: ['done'] }),
  serves = true,
): Promise<Channel> {
  await using open = new AsyncDisposableStack()
  const folder = open.use(await openDataFolder(path.join(scratch(), 'data')))
  const seen: AccountCommand[] = []
  const noted: Perform = (command) => {
    seen.push(command)
    return perform(command)
  }
  const { promise: draining, resolve } = Promise.withResolvers<undefined>()
  const followers: ((progress: string) => void)[] = []
  const drain = (tell: (progress: string) => void) => {
    followers.push(tell)
    resolve(undefined)
  }
  const file = controlIn(folder.path)
  open.use(await startControl({ file, perform: () => (serves ? noted : undefined), drain, log }))
  const kept = open.move()
  const tell = (progress: string) => followers.forEach((follow) => follow(progress))
  return { folder, seen, tell, draining, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

function controlFile(folder: DataFolder): { port: number; token: string } {
  return JSON.parse(readFileSync(folder.file('control.json'), 'utf8'))
}

async function post(port: number, token: string, body: string, path = '/accounts'): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body })).status
}

void test('a command reaches the running server, and its answer comes back', async () => {
  await using running = await channel(() => Promise.resolve({ said: ['a', 'b'], next: 'b' }))
  const perform = await openControl(controlIn(running.folder.path))
  assert.deepEqual(await perform?.({ do: 'list' }), { said: ['a', 'b'], next: 'b' })
  assert.deepEqual(running.seen, [{ do: 'list' }])
})

void test('a fault of the user comes back as one', async () => {
  await using running = await channel(() => Promise.reject(new UserFault('no account x@localhost')))
  const perform = await openControl(controlIn(running.folder.path))
  await assert.rejects(async () => perform?.({ do: 'remove', jid: 'x' }), {
    name: 'UserFault',
    message: 'no account x@localhost',
  })
})

void test('a fault of ours is not shown', async () => {
  await using running = await channel(() => Promise.reject(new Error('select secret from …')))
  const perform = await openControl(controlIn(running.folder.path))
  await assert.rejects(async () => perform?.({ do: 'remove', jid: 'x' }), {
    name: 'UserFault',
    message: 'the server could not do that; its log says why',
  })
})

void test('the token stands in a file that only this user can read', async () => {
  await using running = await channel()
  assert.equal(statSync(running.folder.file('control.json')).mode & 0o777, 0o600)
  assert.match(controlFile(running.folder).token, /^[\w-]{43}$/)
})

void test('without the token nothing is done', async () => {
  await using running = await channel()
  const { port, token } = controlFile(running.folder)
  const list = JSON.stringify({ do: 'list' })
  for (const wrong of ['', token.slice(1), `${token}x`, 'x'.repeat(token.length)])
    assert.equal(await post(port, wrong, list), 401)
  assert.deepEqual(running.seen, [])
})

const NO_COMMANDS = [
  '',
  '{',
  '[]',
  'null',
  '{"do":"drop"}',
  '{"do":"add","jid":"x"}',
  '{"do":"list","more":1}',
  '{"do":"remove","jid":1}',
]
void test('what is no command is refused', async () => {
  await using running = await channel()
  const { port, token } = controlFile(running.folder)
  for (const body of NO_COMMANDS) assert.equal(await post(port, token, body), 400, body)
  assert.equal(await post(port, token, `{"do":"list"}${' '.repeat(70_000)}`), 413)
  assert.equal(await post(port, token, '{"do":"list"}', '/'), 404)
  assert.deepEqual(running.seen, [])
})

void test('where no server left anything, or one left something and is gone, none is reached', async () => {
  const running = await channel()
  const { path: folder } = running.folder
  const { port, token } = controlFile(running.folder)
  await running[Symbol.asyncDispose]()
  assert.equal(await openControl(controlIn(folder)), undefined)
  await writeControl(controlIn(folder), { port, token, pid: process.pid })
  assert.equal(await openControl(controlIn(folder)), undefined)
})

void test('somebody else who took over the port is not taken for the server', async () => {
  await using running = await channel()
  await writeControl(controlIn(running.folder.path), {
    ...controlFile(running.folder),
    token: 'of an earlier server',
    pid: 1,
  })
  assert.equal(await openControl(controlIn(running.folder.path)), undefined)
})

void test('where no accounts are kept any more none are reached', async () => {
  await using running = await channel(undefined, false)
  assert.equal(await openControl(controlIn(running.folder.path)), undefined)
})

void test('who drains hears how it goes, and settles when the server is done', async () => {
  const running = await channel()
  const heard: string[] = []
  const done = drainThrough(controlIn(running.folder.path), (progress) => heard.push(progress))
  await running.draining
  running.tell('half of it')
  running.tell('all of it')
  await running[Symbol.asyncDispose]()
  assert.equal(await done, true)
  assert.deepEqual(heard, ['half of it', 'all of it'])
  assert.equal(await drainThrough(controlIn(running.folder.path), () => undefined), false)
})

void test('without the token nothing is drained', async () => {
  await using running = await channel()
  const { port, token } = controlFile(running.folder)
  assert.equal(await post(port, `${token}x`, '', '/drain'), 401)
})

void test('a server that goes away before it has drained is told of', async () => {
  const folder = scratch()
  await using server = createServer((_, response) => {
    response.write('{"told":"half of it"}\n', () => response.destroy())
  })
  const port = await listen(server, { host: '127.0.0.1', port: 0, setting: 'control' })
  await writeControl(controlIn(folder), { port, token: 'x', pid: 1 })
  const heard: string[] = []
  await assert.rejects(
    drainThrough(controlIn(folder), (progress) => heard.push(progress)),
    { name: 'UserFault', message: 'the server went away before it had drained' },
  )
  assert.deepEqual(heard, ['half of it'])
})
