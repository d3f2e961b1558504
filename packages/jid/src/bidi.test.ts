import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bidiLetters, isRightToLeft, obeysBidiRule } from './bidi.ts'
import { codePointsOf } from './classes.ts'

// alef (R), alif (AL), Arabic-Indic one (AN), extended Arabic-Indic one (EN), fatha (NSM), as needed below
const rows = [
  ['1 an L may come first', 'a1', true],
  ['1 an R may come first', '\u05d0', true],
  ['1 an AL may come first', '\u0627', true],
  ['1 an EN may not come first', '1a', false],
  ['1 an AN may not come first', '\u0661', false],
  ['1 an NSM may not come first', '\u0301a', false],
  ['1 an ES may not come first', '-a', false],
  ['2 R, AL, AN, ES, ON and NSM may stand in an RTL label', '\u05d0\u0627\u0661-\u00b7\u0301\u05d0', true],
  ['2 no L may stand in an RTL label', '\u05d0a\u05d0', false],
  ['2 no WS may stand in an RTL label', '\u05d0 \u05d0', false],
  ['2 no directional control may stand in an RTL label', '\u05d0\u202e\u05d0', false],
  ['3 an RTL label may end with R', '\u05d0', true],
  ['3 an RTL label may end with EN', '\u05d01', true],
  ['3 an RTL label may end with AN', '\u05d0\u0661', true],
  ['3 an RTL label may end with NSM after R', '\u05d0\u0301\u0301', true],
  ['3 an RTL label may not end with ES', '\u05d0-', false],
  ['3 an RTL label may not end with ON and NSM', '\u05d0\u00b7\u0301', false],
  ['4 EN and AN may not both be present', '\u05d01\u0661', false],
  ['4 AN and EN may not both be present', '\u05d0\u06611', false],
  ['5 L, EN, ES, ON and NSM may stand in an LTR label', 'a1-\u00b7\u0301a', true],
  ['5 no R may stand in an LTR label', 'a\u05d0a', false],
  ['5 no AN may stand in an LTR label', 'a\u0661a', false],
  ['6 an LTR label may end with L', 'a', true],
  ['6 an LTR label may end with EN', 'a1', true],
  ['6 an LTR label may end with NSM after L', 'a\u0301', true],
  ['6 an LTR label may not end with ES', 'a-', false],
  ['6 an LTR label may not end with ON', 'a\u00b7', false],
] as const

for (const [name, text, expected] of rows) {
  void test(`RFC 5893 §2 condition ${name}`, () => {
    assert.equal(obeysBidiRule(bidiLetters(codePointsOf(text))), expected)
  })
}

void test('RFC 5893 §1.4 R, AL and AN are what makes a label right to left', () => {
  const rtl = ['\u05d0', '\u0627', '\u0661'].map((text) => isRightToLeft(bidiLetters(codePointsOf(text))))
  const ltr = ['a', '1', '\u06f1', '\u0301', '-'].map((text) => isRightToLeft(bidiLetters(codePointsOf(text))))
  assert.deepEqual([...new Set(rtl)], [true])
  assert.deepEqual([...new Set(ltr)], [false])
})
