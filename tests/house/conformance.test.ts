import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { conformancePage, departuresIn, PAGE, unfounded } from './conformance.ts'
import { REQUIREMENTS } from './requirements/index.ts'
import { DEPARTS, departs, later, type Requirements } from './requirements/row.ts'
import { ROOT, readHouse, source } from './source.ts'
import { titlesIn } from './titles.ts'

const house = readHouse()

void test('what the requirements claim is there: each test that is named, each departure, and no other departure', () => {
  const [titles, departures] = [titlesIn(house), departuresIn(house)]
  assert.deepEqual(
    REQUIREMENTS.flatMap((of) => unfounded(of, titles, departures)),
    [],
  )
})

void test('the page of conformance is what the tests are; node tests/house/conformance.ts writes it', () => {
  assert.equal(readFileSync(join(ROOT, PAGE), 'utf8'), conformancePage(house))
})

const TESTS = `
const rows: readonly (readonly [string, string])[] = [
  ['§1.2 an empty name', '2.1'],
  ['§1.3 a name | of two', 'not §1.9 this'],
]
for (const [name, text] of rows) {
  for (const other of text) test(\`RFC 1 \${name} is refused with \${text}\`, () => {})
}
story('RFC 1 §2, §3 — it\\'s one of "two"', () => {})
test(\`RFC 1 §4 \${name ? \`a \${b}\` : 'c'} goes\`, () => {})
const TABLE = [
  ['6.1', 'forbidden', ['auth']],
] as const
for (const [section, condition] of TABLE) test(\`RFC 1 §\${section} \${condition} has a type\`, () => {})
test('RFC 2 §1, CVE-2011-2205, RFC 1 §5 both', () => {})
`

void test('titles are read from strings, templates and the rows of tables', () => {
  const titles = titlesIn([source('a.test.ts', TESTS), source('a.ts', `'RFC 1 §9 no test'`)])
  assert.deepEqual(
    titles.map(({ doc, section, words, line }) => [doc, section, words, line]),
    [
      ['RFC 1', '1.2', 'an empty name is refused with …', 3],
      ['RFC 1', '1.3', 'a name | of two is refused with …', 4],
      ['RFC 1', '2', `it's one of "two"`, 9],
      ['RFC 1', '3', `it's one of "two"`, 9],
      ['RFC 1', '4', '… goes', 10],
      ['RFC 1', '6.1', 'forbidden has a type', 12],
      ['RFC 2', '1', 'both', 15],
      ['CVE-2011-2205', '', 'both', 15],
      ['RFC 1', '5', 'both', 15],
    ],
  )
})

const CODE = `
// NOTSPEC(RFC 1 §7): nobody
// asks for it.
const x = 1
/** NOTSPEC(RFC 1 §8 rule 2): too dear. */
// NOTSPEC(RFC 1 §8, §11.1): nor wanted.
`
const OF: Requirements = {
  doc: 'RFC 1',
  title: 'a document',
  rows: [
    ['1', 'MUST', 'a name is not empty', 'an empty name'],
    ['1.2.3', 'MUST NOT', 'nor within', 'an empty name'],
    ['6', 'SHOULD', 'of another section', '§1.3 a name | of'],
    ['6', 'SHOULD', 'of another document', 'CVE-2011-2205 both'],
    ['7', 'SHOULD NOT', 'be asked', DEPARTS],
    ['8', 'says', 'dear', DEPARTS],
    ['8', 'MUST', 'be wanted', departs('nor wanted')],
    ['11.1', 'MUST', 'so must this', DEPARTS],
    ['9', 'MUST', 'servers', later('with others')],
    ['10', 'MUST', 'nothing'],
  ],
}

void test('a requirement is tested, departed from, or not yet; what it names must be there', () => {
  const sources = [source('a.test.ts', TESTS), source('b.ts', CODE)]
  const page = conformancePage(sources, [OF])
  assert.match(page, /^\| RFC 1 \| a document \| 10 \| 4 \| 4 \| 2 \|$/m)
  for (const line of [
    '| 1 | MUST | a name is not empty | [an empty name is refused with …](../a.test.ts) | tested |',
    '| 6 | SHOULD | of another section | [a name \\| of two is refused with …](../a.test.ts) | tested |',
    '| 7 | SHOULD NOT | be asked | [nobody asks for it.](../b.ts) | departs |',
    '| 8 |  | dear | [too dear.](../b.ts) | departs |',
    '| 8 | MUST | be wanted | [nor wanted.](../b.ts) | departs |',
    '| 11.1 | MUST | so must this | [nor wanted.](../b.ts) | departs |',
    '| 9 | MUST | servers | with others | not yet |',
    '| 10 | MUST | nothing |  | not yet |',
  ])
    assert.ok(page.split('\n').includes(line), line)
  const [titles, departures] = [titlesIn(sources), departuresIn(sources)]
  assert.deepEqual(unfounded(OF, titles, departures), [])
  assert.equal(departures[1]?.line, 5)
  const wrong: Requirements = {
    ...OF,
    rows: [
      ['2', 'MUST', 'x', 'an empty name'],
      ['3', 'MUST', 'y', DEPARTS],
      ['8', 'MUST', 'z', departs('never wanted')],
      ['11.1', 'MUST', 'so must this', DEPARTS],
    ],
  }
  assert.deepEqual(unfounded(wrong, titles, departures), [
    'RFC 1 §2 x: no an empty name',
    'RFC 1 §3 y: no NOTSPEC(RFC 1 §3)',
    'RFC 1 §8 z: no NOTSPEC(RFC 1 §8): …never wanted',
    'b.ts:2: no row departs from RFC 1 §7',
    'b.ts:5: no row departs from RFC 1 §8',
    'b.ts:6: no row departs from RFC 1 §8',
  ])
})
