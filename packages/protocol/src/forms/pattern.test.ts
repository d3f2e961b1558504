import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePattern } from './pattern.ts'

const rows: readonly (readonly [pattern: string, matches: readonly string[], not: readonly string[]])[] = [
  ['([0-9]{3})-([0-9]{2})-([0-9]{4})', ['123-12-1234'], ['123-12-12345', 'x123-12-1234', '']],
  ['', [''], ['a']],
  ['a|bc|', ['a', 'bc', ''], ['b', 'abc']],
  ['a*b+c?', ['b', 'aabbc'], ['a', 'bcc']],
  ['(ab){2,3}', ['abab', 'ababab'], ['ab', 'abababab']],
  ['a{2,}', ['aa', 'aaaa'], ['a']],
  ['a{0}b', ['b'], ['ab']],
  ['^a$', ['a'], ['', 'aa']],
  ['a^b', [], ['ab']],
  ['(^a|b)*$', ['', 'a', 'abb', 'bb'], ['ba']],
  ['[]a]+', [']', 'a]'], ['b']],
  ['[^a-c]', ['d', '😀'], ['b', 'dd']],
  ['[a-]', ['a', '-'], ['b']],
  ['[[:digit:][:upper:]]+', ['7Ä', '٣'], ['a']],
  ['.', ['😀', 'ü'], ['', 'ab']],
  ['\\.\\*', ['.*'], ['aa']],
  ['(a*)*b', ['b', 'aab'], ['aa']],
]
for (const [pattern, matches, not] of rows) {
  void test(`XEP-0122 §3.2.4 ${JSON.stringify(pattern)}`, () => {
    const compiled = compilePattern(pattern)
    assert.ok(compiled)
    for (const text of matches) assert.ok(compiled(text), `matches ${text}`)
    for (const text of not) assert.ok(!compiled(text), `does not match ${text}`)
  })
}

for (const pattern of ['(', ')', '*a', 'a**', '[a', '[z-a]', '[[:no:]]', 'a{2', 'a{3,2}', '\\d', '\\', 'a{501}']) {
  void test(`XEP-0122 §4.1 not understood: ${pattern}`, () => assert.equal(compilePattern(pattern), undefined))
}

const large: readonly (readonly [string, string])[] = [
  ['repetitions of repetitions', '((((a{99}){99}){99}){99}){99}'],
  ['empty ones', '((((){99}){99}){99}){99}'],
  ['groups without end', '('.repeat(100_000)],
  ['more states than any needs', 'a'.repeat(501)],
]
for (const [title, pattern] of large) {
  void test(`XEP-0122 §4.1 not understood: ${title}`, () => assert.equal(compilePattern(pattern), undefined))
}

// Exponential for a matcher that goes back: this would not end.
for (const pattern of ['(a+)+b', '(a|a)*b', '(a|aa)+b', '(a*)*b', '(.*a){20}b']) {
  void test(`XEP-0122 §3.2.4 ${pattern} is answered in time, whatever the value`, () => {
    const compiled = compilePattern(pattern)
    assert.ok(compiled)
    assert.equal(compiled('a'.repeat(4_000)), false)
    assert.equal(compiled(`${'a'.repeat(100)}b`), true)
  })
}

void test('XEP-0122 §3.2.4 no value of any length is matched', () => {
  assert.equal(compilePattern('a*')?.('a'.repeat(1_000_000)), false)
})
