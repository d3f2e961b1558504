/**
 * What a code point is, by the tables pinned in `generated/`.
 *
 * Stored addresses stay equal when the platform's Unicode moves on: a code point that the tables do not know is refused
 * before anything is mapped, the normal forms of those that they know never change (Unicode stability policy), and a test
 * holds the platform's lower-case mapping against the one that the tables were drawn with.
 */
import { BIDI, IDNA, JOINING, PRECIS, VIRAMA } from './generated/unicode.ts'

type Classifier = (cp: number) => string

// One byte for each code point, so that a lookup is one load. Pages of the letter at index 0, the most frequent one, stay
// untouched and cost no memory.
function classifier(table: string, letters: string): Classifier {
  const names = Array.from(letters)
  const classes = new Uint8Array(0x110000)
  let start = 0
  for (const [, length = '', letter = ''] of table.matchAll(/([0-9a-z]+)([A-Z])/gu)) {
    const end = start + Number.parseInt(length, 36)
    const index = names.indexOf(letter)
    if (index > 0) classes.fill(index, start, end)
    start = end
  }
  return (cp) => names[classes[cp] ?? 0] ?? ''
}

/** RFC 5892 §3: P PVALID, J CONTEXTJ, O CONTEXTO, D DISALLOWED, U UNASSIGNED. */
export const idnaClass = classifier(IDNA, 'UPJOD')

/** RFC 8264 §8: as `idnaClass`, and F for a code point of the FreeformClass alone. */
export const precisClass = classifier(PRECIS, 'UPFJOD')

/** RFC 5893 §2: L, R, A for AL, N for AN, E for EN, M for NSM, O for ES CS ET ON BN, X for all others. */
export const bidiClass = classifier(BIDI, 'LRANEMOX')

/** Joining_Type: D, L, R, T, and X for all others. */
export const joiningType = classifier(JOINING, 'XDLRT')

const viramaClass = classifier(VIRAMA, 'XV')

/** Whether Canonical_Combining_Class is Virama. */
export function isVirama(cp: number): boolean {
  return viramaClass(cp) === 'V'
}

/** The code points of a string; a lone surrogate stands for itself and is DISALLOWED everywhere. */
export function codePointsOf(text: string): readonly number[] {
  const codePoints: number[] = []
  for (let i = 0; i < text.length; i++) {
    const cp = text.codePointAt(i) ?? 0
    if (cp > 0xffff) i++
    codePoints.push(cp)
  }
  return codePoints
}
