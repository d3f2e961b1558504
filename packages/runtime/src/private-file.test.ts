import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { readIfThere, writePrivate } from './private-file.ts'
import { scratch } from './testing/scratch.ts'

const fresh = (): string => scratch()

void test('a private file is replaced whole, and then only its user can read it', async () => {
  const file = path.join(fresh(), 'token')
  writeFileSync(file, 'old', { mode: 0o644 })
  await writePrivate(file, 'new')
  assert.equal(readFileSync(file, 'utf8'), 'new')
  assert.equal(statSync(file).mode & 0o777, 0o600)
})

void test('a write that fails leaves nothing behind', async () => {
  const dir = fresh()
  await assert.rejects(writePrivate(path.join(dir, 'none', 'token'), 'x'), { code: 'ENOENT' })
  assert.deepEqual(readdirSync(dir), [])
})

void test('a file that is not there reads as undefined, and any other failure is told', async () => {
  const dir = fresh()
  assert.equal(await readIfThere(path.join(dir, 'none')), undefined)
  await assert.rejects(readIfThere(dir), { code: 'EISDIR' })
})
