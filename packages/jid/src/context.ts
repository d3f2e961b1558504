import { isVirama, joiningType } from './classes.ts'

const GREEK = /^\p{Script=Greek}$/u
const HEBREW = /^\p{Script=Hebrew}$/u
const JAPANESE = /^[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]$/u

function isScript(script: RegExp, cp: number | undefined): boolean {
  return cp !== undefined && script.test(String.fromCodePoint(cp))
}

function isArabicIndicDigit(cp: number): boolean {
  return cp >= 0x660 && cp <= 0x669
}

function isExtendedArabicIndicDigit(cp: number): boolean {
  return cp >= 0x6f0 && cp <= 0x6f9
}

function followsVirama(text: readonly number[], at: number): boolean {
  const before = text[at - 1]
  return before !== undefined && isVirama(before)
}

/** The joining type of the nearest code point that is not transparent, walking by `step`. */
function nearestJoining(text: readonly number[], at: number, step: 1 | -1): string {
  for (let i = at + step; ; i += step) {
    const cp = text[i]
    if (cp === undefined) return ''
    const type = joiningType(cp)
    if (type !== 'T') return type
  }
}

function breaksJoin(text: readonly number[], at: number): boolean {
  return /[LD]/u.test(nearestJoining(text, at, -1)) && /[RD]/u.test(nearestJoining(text, at, 1))
}

/**
 * Whether the CONTEXTJ or CONTEXTO code point at `at` may stand there, by the rule RFC 5892 Appendix A has for it.
 * A code point without a rule may stand nowhere (RFC 5891 §4.2.3.3, RFC 8264 §8).
 */
export function contextAllows(text: readonly number[], at: number): boolean {
  const cp = text[at] ?? 0
  if (isArabicIndicDigit(cp)) return !text.some(isExtendedArabicIndicDigit) // A.8
  if (isExtendedArabicIndicDigit(cp)) return !text.some(isArabicIndicDigit) // A.9
  switch (cp) {
    case 0x200c: // A.1 ZERO WIDTH NON-JOINER
      return followsVirama(text, at) || breaksJoin(text, at)
    case 0x200d: // A.2 ZERO WIDTH JOINER
      return followsVirama(text, at)
    case 0xb7: // A.3 MIDDLE DOT
      return text[at - 1] === 0x6c && text[at + 1] === 0x6c
    case 0x375: // A.4 GREEK LOWER NUMERAL SIGN
      return isScript(GREEK, text[at + 1])
    case 0x5f3: // A.5 HEBREW PUNCTUATION GERESH
    case 0x5f4: // A.6 HEBREW PUNCTUATION GERSHAYIM
      return isScript(HEBREW, text[at - 1])
    case 0x30fb: // A.7 KATAKANA MIDDLE DOT
      return text.some((other) => isScript(JAPANESE, other))
    default:
      return false
  }
}
