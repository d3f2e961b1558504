import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkCharacters, checkTokens } from '../test/plain.ts'

// With more tokens in a row: `node packages/xml/scripts/plain.ts`.
void test('what is read without a parser is read as the parser reads it, whatever tokens follow each other', () => {
  const { tried, plain } = checkTokens(3)
  assert.ok(tried > 100_000 && plain > 300, `${plain} of ${tried}`)
})

void test('what is read without a parser is read as the parser reads it, whatever the character', () => {
  const { tried, plain } = checkCharacters([
    [0, 0x200],
    [0xd7f0, 0xd7ff],
    [0xe000, 0xe010],
    [0xfdc0, 0x10010],
    [0x10fff0, 0x10ffff],
  ])
  assert.ok(tried > 5000 && plain > 1000, `${plain} of ${tried}`)
})
