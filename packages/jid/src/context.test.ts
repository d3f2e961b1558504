import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codePointsOf, idnaClass, precisClass } from './classes.ts'
import { contextAllows } from './context.ts'

function allowed(text: string): boolean {
  const codePoints = codePointsOf(text)
  return codePoints.every((cp, at) => /[PD]/u.test(idnaClass(cp)) || contextAllows(codePoints, at))
}

const rows = [
  ['A.1 ZERO WIDTH NON-JOINER after a virama', '\u0915\u094d\u200c\u0937', true],
  ['A.1 ZERO WIDTH NON-JOINER between joining letters', '\u0628\u200c\u0628', true],
  ['A.1 ZERO WIDTH NON-JOINER between joining letters and transparent marks', '\u0628\u064b\u200c\u064b\u0627', true],
  ['A.1 ZERO WIDTH NON-JOINER after a letter that joins only to the right', '\u0627\u200c\u0628', false],
  ['A.1 ZERO WIDTH NON-JOINER before a letter that does not join', '\u0628\u200ca', false],
  ['A.1 ZERO WIDTH NON-JOINER between Latin letters', 'a\u200cb', false],
  ['A.1 ZERO WIDTH NON-JOINER first', '\u200c\u0628', false],
  ['A.1 ZERO WIDTH NON-JOINER last', '\u0628\u200c', false],
  ['A.2 ZERO WIDTH JOINER after a virama', '\u0915\u094d\u200d', true],
  ['A.2 ZERO WIDTH JOINER between joining letters', '\u0628\u200d\u0628', false],
  ['A.2 ZERO WIDTH JOINER first', '\u200d\u0915', false],
  ['A.3 MIDDLE DOT between two l', 'col\u00b7lecci\u00f3', true],
  ['A.3 MIDDLE DOT after l alone', 'l\u00b7a', false],
  ['A.3 MIDDLE DOT before l alone', 'a\u00b7l', false],
  ['A.3 MIDDLE DOT last', 'l\u00b7', false],
  ['A.4 GREEK LOWER NUMERAL SIGN before Greek', 'a\u0375\u03b2', true],
  ['A.4 GREEK LOWER NUMERAL SIGN before Latin', '\u03b1\u0375b', false],
  ['A.4 GREEK LOWER NUMERAL SIGN last', '\u03b1\u0375', false],
  ['A.5 HEBREW PUNCTUATION GERESH after Hebrew', '\u05d0\u05f3', true],
  ['A.5 HEBREW PUNCTUATION GERESH after Latin', 'a\u05f3', false],
  ['A.5 HEBREW PUNCTUATION GERESH first', '\u05f3\u05d0', false],
  ['A.6 HEBREW PUNCTUATION GERSHAYIM after Hebrew', '\u05d0\u05f4\u05d1', true],
  ['A.6 HEBREW PUNCTUATION GERSHAYIM first', '\u05f4\u05d0', false],
  ['A.7 KATAKANA MIDDLE DOT with Hiragana', '\u30fb\u3042', true],
  ['A.7 KATAKANA MIDDLE DOT with Katakana', '\u30a2\u30fb', true],
  ['A.7 KATAKANA MIDDLE DOT with Han', 'a\u30fb\u4e00', true],
  ['A.7 KATAKANA MIDDLE DOT with none of the three', 'a\u30fbb', false],
  ['A.8 ARABIC-INDIC DIGITS alone', '\u0627\u0661\u0662', true],
  ['A.8 ARABIC-INDIC DIGITS with extended ones', '\u0661\u06f1', false],
  ['A.9 EXTENDED ARABIC-INDIC DIGITS alone', '\u0627\u06f1\u06f2', true],
  ['A.9 EXTENDED ARABIC-INDIC DIGITS with others', '\u06f1\u0627\u0661', false],
] as const

for (const [name, text, expected] of rows) {
  void test(`RFC 5892 Appendix ${name} is ${expected ? 'allowed' : 'refused'}`, () => {
    assert.equal(allowed(text), expected)
  })
}

void test('RFC 5891 §4.2.3.3 a code point without a rule is refused', () => {
  assert.equal(contextAllows([0x61], 0), false)
})

void test('RFC 5892 §3 and RFC 8264 §8 have the same contextual code points, each with a rule', () => {
  for (let cp = 0; cp < 0x110000; cp++) {
    const needsRule = /[JO]/u.test(idnaClass(cp))
    assert.equal(/[JO]/u.test(precisClass(cp)), needsRule)
    // One of these surroundings satisfies each of the rules.
    const met = [[0x94d, cp], [0x6c, cp, 0x6c], [cp, 0x3b1], [0x5d0, cp], [cp, 0x4e00], [cp]].some((text) =>
      contextAllows(text, text.indexOf(cp)),
    )
    assert.equal(met, needsRule, cp.toString(16))
  }
})
