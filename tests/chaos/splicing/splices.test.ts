import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { CARRIED } from './carry.ts'
import { FAILPOINTS } from './failpoints.ts'
import { MUTATIONS } from './mutations.ts'
import { SpliceMisplaced, spliced } from './splice.ts'

const ROOT = join(import.meta.dirname, '../../..')

void test('every splice finds its place in the code as it is', async () => {
  const splices = new Set([...CARRIED, ...[...FAILPOINTS, ...MUTATIONS].flatMap(({ splices }) => splices)])
  for (const [file, ofFile] of Map.groupBy(splices, (splice) => splice.file)) {
    const text = await readFile(join(ROOT, file), 'utf8')
    assert.notEqual(spliced(text, ofFile), text)
  }
})

void test('a splice without its one place is refused', () => {
  const splice = { file: 'a.ts', find: 'b', put: 'c' }
  assert.equal(spliced('abd', [splice]), 'acd')
  assert.throws(() => spliced('ad', [splice]), SpliceMisplaced)
  assert.throws(() => spliced('abb', [splice]), SpliceMisplaced)
})
