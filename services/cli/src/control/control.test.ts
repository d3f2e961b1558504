import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { createLog, type DataFolder, openDataFolder, UserFault } from '@jabiru/runtime'
import type { AccountCommand, Perform } from '../accounts/command.ts'
import { scratch } from '../testing/scratch.ts'
import { openControl } from './client.ts'
import { writeControl } from './file.ts'
import { startControl } from './server.ts'

const log = createLog({ level: 'error', format: 'json' }, { destination: { write: () => undefined } })

interface Channel extends AsyncDisposable {
  readonly folder: DataFolder
  readonly seen: readonly AccountCommand[]
}

/** A running channel that notes what it is asked. */
async function channel(perform: Perform = () => Promise.resolve({ said: ['done'] })): Promise<Channel> {
  await using open = new AsyncDisposableStack()
  const folder = open.use(await openDataFolder(path.join(scratch(), 'data')))
  const seen: AccountCommand[] = []
  const noted: Perform = (command) => {
    seen.push(command)
    return perform(command)
  }
  open.use(await startControl({ folder, perform: noted, log }))
  const kept = open.move()
  return { folder, seen, [Symbol.asyncDispose]: () => kept.disposeAsync() }
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
  const perform = await openControl(running.folder.path)
  assert.deepEqual(await perform?.({ do: 'list' }), { said: ['a', 'b'], next: 'b' })
  assert.deepEqual(running.seen, [{ do: 'list' }])
})

void test('a fault of the user comes back as one', async () => {
  await using running = await channel(() => Promise.reject(new UserFault('no account x@localhost')))
  const perform = await openControl(running.folder.path)
  await assert.rejects(async () => perform?.({ do: 'remove', jid: 'x' }), {
    name: 'UserFault',
    message: 'no account x@localhost',
  })
})

void test('a fault of ours is not shown', async () => {
  await using running = await channel(() => Promise.reject(new Error('select secret from …')))
  const perform = await openControl(running.folder.path)
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
  assert.equal(await openControl(folder), undefined)
  await writeControl(folder, { port, token, pid: process.pid })
  assert.equal(await openControl(folder), undefined)
})

void test('somebody else who took over the port is not taken for the server', async () => {
  await using running = await channel()
  await writeControl(running.folder.path, { ...controlFile(running.folder), token: 'of an earlier server', pid: 1 })
  assert.equal(await openControl(running.folder.path), undefined)
})
