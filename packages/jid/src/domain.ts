import { bidiLetters, isRightToLeft, obeysBidiRule } from './bidi.ts'
import { codePointsOf } from './classes.ts'
import { JidError } from './error.ts'
import { isNumeric, prepareIPv4, prepareIPv6 } from './ip-literal.ts'
import { checkLabel } from './label.ts'
import { checkInput, checkLength, mapCase, mapWidth, settle } from './mapping.ts'

const part = 'domainpart'
// 255 octets on the wire (RFC 1034 §3.1) are 253 without the first length octet and the root.
const MAX_NAME = 253
const IDEOGRAPHIC_FULL_STOP = '\u3002'

// RFC 5895 §2: case, width, NFC, and the full stop that the first two rules cannot reach.
function mapDomain(text: string): string {
  const mapped = settle(part, text, (from) => mapWidth(mapCase(from)).normalize('NFC'))
  return mapped.replaceAll(IDEOGRAPHIC_FULL_STOP, '.')
}

// RFC 5893 §2: one right-to-left label binds all labels of the name.
function checkBidi(labels: readonly string[]): void {
  const directions = labels.map((label) => bidiLetters(codePointsOf(label)))
  if (directions.some(isRightToLeft) && !directions.every(obeysBidiRule)) throw new JidError(part, 'bidi')
}

function prepareName(text: string): string {
  const labels = mapDomain(text).split('.').map(checkLabel)
  const octets = labels.reduce((sum, label) => sum + label.octets, labels.length - 1)
  if (octets > MAX_NAME) throw new JidError(part, 'too-long')
  const texts = labels.map((label) => label.text)
  checkBidi(texts)
  return texts.join('.')
}

/**
 * The canonical form of a domainpart (RFC 7622 §3.2): U-labels and NR-LDH labels in lower case and NFC, an IPv4 address,
 * or an IPv6 address in square brackets. Throws JidError.
 */
export function prepareDomain(text: string): string {
  // RFC 7622 §3.2: the final dot goes before any other step.
  const stripped = text.endsWith('.') ? text.slice(0, -1) : text
  checkInput(part, stripped)
  if (stripped.startsWith('[')) return prepareIPv6(stripped)
  const name = prepareName(stripped)
  if (isNumeric(name)) return prepareIPv4(name)
  checkLength(part, name)
  return name
}
