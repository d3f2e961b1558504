import { bidiClass } from './classes.ts'

// The six conditions of RFC 5893 §2 as one expression for each direction, over one letter for each code point.
const RTL = /^[RA][RANEOM]*[RAEN]M*$|^[RA]M*$/u // 1, 2, 3
const LTR = /^L[LEOM]*[LE]M*$|^LM*$/u // 1, 5, 6
const BOTH_NUMBERS = /E.*N|N.*E/u // 4

/** One letter for each code point, as `bidiClass` gives it. */
export function bidiLetters(text: readonly number[]): string {
  return text.map(bidiClass).join('')
}

/** Whether a string holds a right-to-left code point: R, AL or AN (RFC 5893 §1.4). */
export function isRightToLeft(letters: string): boolean {
  return /[RAN]/u.test(letters)
}

/** RFC 5893 §2, all six conditions. */
export function obeysBidiRule(letters: string): boolean {
  return LTR.test(letters) || (RTL.test(letters) && !BOTH_NUMBERS.test(letters))
}
