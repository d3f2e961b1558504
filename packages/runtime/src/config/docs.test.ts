import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { configDocs } from './docs.ts'

void test('docs/configuration.md is what `npx jabiru config docs` writes', () => {
  const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8')
  assert.equal(page, configDocs(), 'run `npx jabiru config docs`')
})
