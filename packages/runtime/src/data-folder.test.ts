// Slow: processes of its own.
import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { test } from 'node:test'
import { openDataFolder } from './data-folder.ts'
import { DataFolderLocked, DataFolderNotWritable } from './fault.ts'
import { scratch } from './testing/scratch.ts'

const fresh = (): string => path.join(scratch(), 'data')

interface Holder extends AsyncDisposable {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  readonly tell: (word: string) => Promise<unknown>
}

/** Another process that holds the folder. */
async function holder(folder: string): Promise<Holder> {
  const script = path.join(import.meta.dirname, '../test/hold-folder.ts')
  const child = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  await once(lines, 'line')
  return {
    child,
    tell: (word) => {
      child.stdin.write(`${word}\n`)
      return once(lines, 'line')
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

void test('a data folder is made for its user alone', async () => {
  const at = fresh()
  await using folder = await openDataFolder(at)
  assert.equal(statSync(at).mode & 0o777, 0o700)
  assert.equal(statSync(folder.file('holder.json')).mode & 0o777, 0o600)
})

void test('a second process is refused at once, and told who holds the folder', async () => {
  const at = fresh()
  await using other = await holder(at)
  await assert.rejects(openDataFolder(at, { waitMs: 1e9 }), (error) => {
    assert.ok(error instanceof DataFolderLocked)
    assert.equal(
      error.message,
      `${at} is in use by process ${other.child.pid}: stop it, or set JABIRU_DATA_DIR to another folder`,
    )
    return true
  })
})

void test('the lock ends with its process, also by kill -9', async () => {
  const at = fresh()
  const other = await holder(at)
  await other[Symbol.asyncDispose]()
  assert.equal(other.child.signalCode, 'SIGKILL')
  await using folder = await openDataFolder(at)
  assert.equal(folder.path, at)
})

void test('a holder that is leaving is waited for', async () => {
  const at = fresh()
  await using other = await holder(at)
  await other.tell('leave')
  const opening = openDataFolder(at, { waitMs: 1e9 })
  await other.tell('free')
  await using folder = await opening
  assert.equal(folder.path, at)
})

void test('a holder that says it is leaving and does not is not waited for for ever', async () => {
  const at = fresh()
  await using other = await holder(at)
  await other.tell('leave')
  await assert.rejects(openDataFolder(at, { waitMs: 60 }), DataFolderLocked)
})

void test('within one process too a folder is held once', async () => {
  const at = fresh()
  await using folder = await openDataFolder(at)
  await assert.rejects(openDataFolder(folder.path), DataFolderLocked)
})

void test('a folder that cannot be is refused in one line', async () => {
  const at = fresh()
  writeFileSync(at, '')
  for (const inTheWay of [at, path.join(at, 'below'), '/proc/jabiru'])
    await assert.rejects(openDataFolder(inTheWay), (error) => {
      assert.ok(error instanceof DataFolderNotWritable, String(error))
      assert.match(error.message, /^cannot keep data in .+: mend that, or set JABIRU_DATA_DIR to another folder$/)
      return true
    })
})
