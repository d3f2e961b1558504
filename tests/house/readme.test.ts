import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from './source.ts'
import { specTable, untitled, withSpecTable } from './specs.ts'

const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs()]

function docs(): readonly string[] {
  return readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
}

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8')

function linksOf(page: string): readonly string[] {
  return [...read(page).matchAll(/\]\(([^)#\s]+)/g)].flatMap(([, target]) =>
    target === undefined || /^[a-z]+:/.test(target) ? [] : [target],
  )
}

for (const page of PAGES) {
  test(`what ${page} links to is there`, () => {
    const broken = linksOf(page).filter((target) => !existsSync(join(ROOT, dirname(page), target)))
    assert.deepEqual(broken, [])
  })
}

test('two features that claim one specification share a row, with what each lacks', () => {
  const table = specTable([
    { doc: 'XEP-0198', version: '1.6.3', note: 'no location' },
    { doc: 'XEP-0012', version: '2.0', note: undefined },
    { doc: 'XEP-0198', version: '1.6.3', note: undefined },
  ])
  assert.deepEqual(table.split('\n').slice(2), [
    '| XEP-0012 2.0 | last activity | complete |',
    '| XEP-0198 1.6.3 | stream management | no location |',
  ])
})

test('the table of the README is what the features claim; node tests/house/specs.ts writes it', () => {
  assert.deepEqual(untitled(), [])
  assert.equal(read('README.md'), withSpecTable(read('README.md')))
})
