import { bidiLetters, isRightToLeft, obeysBidiRule } from './bidi.ts'
import { codePointsOf, precisClass } from './classes.ts'
import { contextAllows } from './context.ts'
import { JidError, type JidPart } from './error.ts'
import { checkInput, checkLength, mapCase, mapWidth, settle } from './mapping.ts'

const PLAIN_LOCAL = /^[!#$%()*+,\-.0-9;=?[\\\]^_`a-z{|}~]{1,1023}$/u
const PLAIN_RESOURCE = /^[!-~][ -~]{0,1022}$/u
const PLAIN_PASSWORD = /^[ -~]{1,1023}$/u
const EXCLUDED = /["&'/:<>@]/u // RFC 7622 §3.3.1
const NON_ASCII_SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/gu

/** Refuses code points of another class than those listed, and those out of their context. */
function checkClass(part: JidPart, text: readonly number[], valid: string): void {
  text.forEach((cp, at) => {
    const found = precisClass(cp)
    if (valid.includes(found)) return
    if (found === 'U') throw new JidError(part, 'unassigned')
    if (found !== 'J' && found !== 'O') throw new JidError(part, 'disallowed')
    if (!contextAllows(text, at)) throw new JidError(part, 'context') // RFC 8264 §8
  })
}

// RFC 8265 §4.2.2; there is no width, case or directionality rule.
function opaque(part: JidPart, text: string): string {
  checkInput(part, text)
  const mapped = settle(part, text, (from) => from.replace(NON_ASCII_SPACE, ' ').normalize('NFC'))
  checkClass(part, codePointsOf(mapped), 'PF')
  checkLength(part, mapped)
  return mapped
}

/**
 * The canonical form of a localpart: UsernameCaseMapped (RFC 8265 §3.3) without the characters of RFC 7622 §3.3.1.
 * Rules are applied in the order of RFC 8264 §7: what maps to something valid is accepted (RFC 7622 §4).
 * Throws JidError.
 */
export function prepareLocal(text: string): string {
  if (PLAIN_LOCAL.test(text)) return text
  const part = 'localpart'
  checkInput(part, text)
  const mapped = settle(part, text, (from) => mapCase(mapWidth(from)).normalize('NFC'))
  if (EXCLUDED.test(mapped)) throw new JidError(part, 'disallowed')
  const codePoints = codePointsOf(mapped)
  checkClass(part, codePoints, 'P')
  const letters = bidiLetters(codePoints)
  if (isRightToLeft(letters) && !obeysBidiRule(letters)) throw new JidError(part, 'bidi')
  checkLength(part, mapped)
  return mapped
}

/** The canonical form of a resourcepart: OpaqueString (RFC 8265 §4.2). Throws JidError. */
export function prepareResource(text: string): string {
  if (PLAIN_RESOURCE.test(text)) return text
  const mapped = opaque('resourcepart', text)
  // RFC 7622 §3.5 example 18 refuses it, though OpaqueString would not.
  if (mapped.startsWith(' ')) throw new JidError('resourcepart', 'leading-space')
  return mapped
}

/**
 * The form of a password that is hashed and compared: OpaqueString (RFC 8265 §4.2). The limit of 1023 bytes is ours, since
 * normalization of long input is costly; RFC 4616 §2 asks for 255. Throws JidError.
 */
export function preparePassword(text: string): string {
  if (PLAIN_PASSWORD.test(text)) return text
  return opaque('password', text)
}

// RFC 8266 §2.1, rule 2.
function mapSpaces(text: string): string {
  return text
    .replace(NON_ASCII_SPACE, ' ')
    .replace(/^ +| +$/gu, '')
    .replace(/ {2,}/gu, ' ')
}

/**
 * What two nicknames are compared by (RFC 8266 §2.4): spaces trimmed and single, lower case, NFKC. It is no nickname itself
 * and never shown. Throws JidError.
 */
export function nicknameKey(text: string): string {
  const part = 'nickname'
  checkInput(part, text)
  // RFC 8266 §2.2 asks it of the input; NFKC makes jamo out of compatibility letters that are in daily use.
  checkClass(part, codePointsOf(text), 'PF')
  const mapped = settle(part, text, (from) => mapCase(mapSpaces(from)).normalize('NFKC'))
  checkLength(part, mapped)
  return mapped
}
