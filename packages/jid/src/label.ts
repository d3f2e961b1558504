import { codePointsOf, idnaClass } from './classes.ts'
import { contextAllows } from './context.ts'
import { JidError } from './error.ts'
import { decodePunycode, encodePunycode } from './punycode.ts'

/** A checked label of a domain name. */
export interface Label {
  /** NR-LDH label or U-label, lower case, NFC. */
  readonly text: string
  /** Octets the label has in the DNS. */
  readonly octets: number
}

// RFC 1034 §3.1, RFC 5890 §4.2
const MAX_LABEL = 63
const ACE_PREFIX = 'xn--'
const ASCII = /^[\0-\x7f]*$/u
const LDH = /^[a-z0-9-]*$/u
const COMBINING_MARK = /^\p{M}/u

function fail(reason: ConstructorParameters<typeof JidError>[1]): never {
  throw new JidError('domainpart', reason)
}

// RFC 5891 §4.2.3.1; of ASCII labels it leaves the NR-LDH ones (RFC 5890 §2.3.1).
function checkHyphens(text: readonly number[]): void {
  const hyphen = 0x2d
  if (text[0] === hyphen || text.at(-1) === hyphen) fail('hyphens')
  if (text[2] === hyphen && text[3] === hyphen) fail('hyphens')
}

function checkCodePoints(text: readonly number[]): void {
  text.forEach((cp, at) => {
    const found = idnaClass(cp)
    if (found === 'P') return
    if (found === 'U') fail('unassigned')
    if (found === 'D') fail('disallowed') // RFC 5891 §4.2.2
    if (!contextAllows(text, at)) fail('context') // RFC 5891 §4.2.3.3
  })
}

function uLabel(text: string): Label {
  const codePoints = codePointsOf(text)
  // Punycode has at least one octet for each code point; the check also bounds the work of encoding.
  if (codePoints.length > MAX_LABEL - ACE_PREFIX.length) fail('label-too-long')
  checkHyphens(codePoints)
  checkCodePoints(codePoints)
  if (COMBINING_MARK.test(text)) fail('leading-mark') // RFC 5891 §4.2.3.2
  const octets = ACE_PREFIX.length + encodePunycode(codePoints).length
  if (octets > MAX_LABEL) fail('label-too-long') // RFC 5891 §4.2.4
  return { text, octets }
}

// RFC 7622 §3.2.1: each A-label is converted to a U-label, and must come back from it unchanged (RFC 5891 §5.3).
function fromALabel(text: string): Label {
  if (text.length > MAX_LABEL) fail('label-too-long')
  const codePoints = decodePunycode(text.slice(ACE_PREFIX.length)) ?? fail('a-label')
  const decoded = String.fromCodePoint(...codePoints)
  if (ASCII.test(decoded) || decoded.normalize('NFC') !== decoded) fail('a-label')
  const label = uLabel(decoded)
  if (ACE_PREFIX + encodePunycode(codePoints) !== text) fail('a-label')
  return label
}

/** Checks one label that is already mapped to lower case and NFC. Throws JidError. */
export function checkLabel(text: string): Label {
  if (text === '') fail('empty')
  if (!ASCII.test(text)) return uLabel(text)
  if (!LDH.test(text)) fail('disallowed')
  if (text.startsWith(ACE_PREFIX)) return fromALabel(text)
  checkHyphens(codePointsOf(text))
  if (text.length > MAX_LABEL) fail('label-too-long')
  return { text, octets: text.length }
}
