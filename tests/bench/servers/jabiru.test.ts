import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { JABIRU } from './jabiru.ts'

void test('Jabiru is said to have no rooms as long as it does not claim XEP-0045', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  assert.match(readme, /^\| XEP-0198 /m, 'the table of what it claims is there')
  const hasRooms = /^\| XEP-0045 /m.test(readme)
  for (const { form, lacks } of JABIRU) assert.equal(lacks?.rooms === undefined, hasRooms, form)
})
