import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clocks, doors, words } from './doors.ts'
import { circle, layers } from './layers.ts'
import { manifest, undeclared, unused } from './manifest.ts'
import { codeLines, size } from './size.ts'
import { type Finding, report, source } from './source.ts'

const SERVICES = new Set(['auth', 'roster', 'cli', 'standalone'])
const at = (findings: readonly Finding[]) => findings.map((f) => `${f.path}:${f.line}`)

const IMPORTS: readonly (readonly [title: string, text: string, expected: readonly string[]])[] = [
  ['a plain import', "import { a } from 'pg'", ['pg@1']],
  ['a type import', "import type { A } from 'pg'", ['pg@1']],
  ['an import over lines', "import {\n  a,\n  b,\n} from './a.ts'", ['./a.ts@4']],
  ['a re-export', "export { a } from './b.ts'\nexport * from './c.ts'", ['./b.ts@1', './c.ts@2']],
  ['an import for its effect', "import './d.ts'", ['./d.ts@1']],
  ['an import at run time', "const d = await import('./e.ts')", ['./e.ts@1']],
  ['a comment is no import', "// import { a } from 'pg'\n/* import 'pg' */", []],
  ['a string is no import', 'const s = "import \'pg\'"\nconst t = `import "pg"`', []],
  ['a regular expression is no string', "const r = /['\"`]/\nimport 'pg'", ['pg@2']],
  ['code inside a template', "const t = `a${b({ c: '}' })}d`\nimport 'pg'", ['pg@2']],
  ['a division is no regular expression', "const a = b / c\nimport 'pg' // x / y", ['pg@2']],
]
for (const [title, text, expected] of IMPORTS) {
  void test(`reading imports: ${title}`, () => {
    const found = source('packages/xml/src/a.ts', text).imports.map((i) => `${i.specifier}@${i.line}`)
    assert.deepEqual(found, expected)
  })
}

const LAYERS: readonly (readonly [path: string, specifier: string, allowed: boolean])[] = [
  ['packages/stanza/src/a.ts', '@jabiru/xml', true],
  ['packages/stanza/src/a.ts', '@jabiru/stanza', false],
  ['packages/jid/src/a.ts', '@jabiru/xml', false],
  ['packages/xml/src/a.ts', '@jabiru/stanza', false],
  ['packages/bus/src/a.ts', '@jabiru/testkit', false],
  ['packages/bus/src/a.test.ts', '@jabiru/testkit', true],
  ['packages/runtime/src/a.ts', '@jabiru/roster', false],
  ['packages/runtime/src/a.ts', '@jabiru/unheard', false],
  ['packages/unheard/src/a.ts', '@jabiru/xml', false],
  ['packages/xml/src/a.ts', '../../jid/src/index.ts', false],
  ['packages/xml/src/deep/a.ts', '../b.ts', true],
  ['services/auth/src/a.ts', '@jabiru/runtime', true],
  ['services/auth/src/a.ts', '@jabiru/roster', false],
  ['services/auth/src/a.test.ts', '@jabiru/roster', false],
  ['services/cli/src/a.ts', '@jabiru/roster', true],
  ['services/standalone/src/a.ts', '@jabiru/auth', true],
  ['tests/stories/a.test.ts', '@jabiru/auth', true],
]
for (const [path, specifier, allowed] of LAYERS) {
  void test(`layers: ${path} ${allowed ? 'may' : 'may not'} import ${specifier}`, () => {
    const findings = layers([source(path, `import { a } from '${specifier}'`)], SERVICES)
    assert.equal(findings.length, allowed ? 0 : 1, report(findings))
  })
}

void test('a circle of dependencies is named along its way', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ])
  assert.deepEqual(circle(graph), ['b', 'c', 'b'])
  assert.equal(circle(new Map([['a', ['b']]])), undefined)
})

void test('third parties are refused at any other door', () => {
  const text =
    "import 'saxes'\nimport '@nats-io/transport-node'\nimport 'ioredis'\nimport 'pg'\nimport '@electric-sql/pglite'"
  const path = 'services/auth/src/a.ts'
  assert.deepEqual(
    at(doors([source(path, text)])),
    [1, 2, 3, 4, 5].map((line) => `${path}:${line}`),
  )
  assert.deepEqual(doors([source('packages/xml/src/a.ts', "import 'saxes'")]), [])
})

const WORDS: readonly (readonly [path: string, text: string, findings: number])[] = [
  ['services/auth/src/a.ts', 'const a = process.env', 1],
  ['packages/runtime/src/config.ts', 'const a = process.env', 0],
  ['packages/runtime/src/other.ts', 'const a = process.env', 1],
  ['packages/testkit/src/a.ts', 'const a = process.env', 0],
  ['services/auth/src/a.ts', 'process.exit(1)', 1],
  ['services/auth/src/main.ts', 'process.exit(1)', 0],
  ['services/auth/src/a.ts', 'process.exitCode = 1', 0],
  ['services/auth/src/a.ts', 'console.log(1)', 1],
  ['services/auth/src/a.ts', '// console.log(1)', 0],
  ['services/auth/src/a.ts', "const s = 'console.log'", 0],
  ['services/auth/src/a.ts', 'const s = `${console.error(1)}`', 1],
  ['services/auth/src/a.ts', 'setTimeout(f, 1); Date.now()', 0],
  ['services/auth/src/a.test.ts', 'setTimeout(f, 1); Date.now(); new Date()', 3],
  ['services/auth/src/a.test.ts', 'new Date(0)', 0],
]
for (const [path, text, findings] of WORDS) {
  void test(`words: ${path} with \`${text}\` gives ${findings} finding(s)`, () => {
    assert.equal(words([source(path, text)]).length, findings)
  })
}

void test('timers of other modules are clocks in a test', () => {
  const text = "import { setTimeout } from 'node:timers/promises'"
  assert.equal(clocks([source('tests/a.test.ts', text)]).length, 1)
  assert.equal(clocks([source('packages/bus/src/a.ts', text)]).length, 0)
})

void test('a dependency that is used must be declared, one that is declared must be used', () => {
  const m = manifest('packages/bus', {
    name: '@jabiru/bus',
    dependencies: { pg: '1', yaml: '1' },
    devDependencies: { '@types/pg': '1', ws: '1' },
  })
  const file = source('packages/bus/src/a.ts', "import 'pg'\nimport 'ioredis'\nimport 'node:fs'\nimport 'ws'")
  const test = source('packages/bus/src/a.test.ts', "import 'ws'")
  assert.deepEqual(at([...undeclared([file, test], [m]), ...unused([file, test], [m])]), [
    'packages/bus/src/a.ts:2',
    'packages/bus/src/a.ts:4',
    'packages/bus/package.json:0',
  ])
})

void test('code lines count neither blank lines nor comments', () => {
  assert.equal(codeLines(source('a.ts', '// a\n\n/* b\n c */\nconst d = 1\nconst e = `\n  f`\n')), 3)
})

void test('a long file needs a reason', () => {
  const long = 'a()\n'.repeat(251)
  assert.equal(size([source('a.ts', long)]).length, 1)
  assert.equal(
    size([source('a.ts', `// Longer than 250 lines: the table of RFC 6120 in one place.\n${long}`)]).length,
    0,
  )
  assert.equal(size([source('a.ts', `// Longer than 250 lines:\n${long}`)]).length, 1)
})
