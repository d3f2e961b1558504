import { codePointsOf, precisClass } from './classes.ts'
import { JidError, type JidPart } from './error.ts'
import { WIDTH } from './generated/unicode.ts'

/** Bytes that each part of an address may have (RFC 7622 §3.1). */
export const MAX_BYTES = 1023

// Mapping makes at least two bytes out of three code units, so a longer input cannot come down to MAX_BYTES. Normalization
// takes quadratic time for a run of combining marks; this bounds it.
const MAX_INPUT = Math.floor(MAX_BYTES * 1.5)

const widths = new Map<string, string>()
for (let i = 0; i < WIDTH.length; i += 2) widths.set(WIDTH.charAt(i), WIDTH.charAt(i + 1))

/** Full-width and half-width code points become their decomposition mappings (RFC 8264 §5.2.1). */
export function mapWidth(text: string): string {
  return text.replace(/[\u3000\uff01-\uffee]/gu, (character) => widths.get(character) ?? character)
}

/**
 * Lower case code point by code point: a capital sigma becomes U+03C3 also where Unicode's toLowerCase() would see the
 * end of a word, since PRECIS knows no final sigma (RFC 7622 §3.5, on examples 9 to 11).
 */
export function mapCase(text: string): string {
  return text.replaceAll('\u03a3', '\u03c3').toLowerCase()
}

/** Refuses what is too long to be worth mapping, and what the pinned tables do not know (RFC 8264 §4.2.4 and §4.3.4). */
export function checkInput(part: JidPart, text: string): void {
  if (text === '') throw new JidError(part, 'empty')
  if (text.length > MAX_INPUT) throw new JidError(part, 'too-long')
  if (codePointsOf(text).some((cp) => precisClass(cp) === 'U')) throw new JidError(part, 'unassigned')
}

/** The length rule of RFC 7622 §3.2, §3.3 and §3.4, which holds after all mapping. */
export function checkLength(part: JidPart, text: string): void {
  if (text === '') throw new JidError(part, 'empty')
  if (Buffer.byteLength(text) > MAX_BYTES) throw new JidError(part, 'too-long')
}

/** Applies rules until they change nothing; three times more than once is the most (RFC 8264 §7). */
export function settle(part: JidPart, text: string, rules: (text: string) => string): string {
  let before = text
  for (let round = 0; round < 4; round++) {
    const after = rules(before)
    if (after === before) return after
    before = after
  }
  throw new JidError(part, 'unstable')
}
