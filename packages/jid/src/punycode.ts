// Parameters of RFC 3492 §5.
const BASE = 36
const T_MIN = 1
const T_MAX = 26
const SKEW = 38
const DAMP = 700
const INITIAL_BIAS = 72
const INITIAL_N = 128
const MAX_CODE_POINT = 0x10ffff

const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789'

// RFC 3492 §6.1
function adapt(delta: number, points: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? DAMP : 2))
  rest += Math.floor(rest / points)
  let k = 0
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN))
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW))
}

function threshold(k: number, bias: number): number {
  return Math.min(Math.max(k - bias, T_MIN), T_MAX)
}

/** One generalized variable-length integer (RFC 3492 §3.3), as the digits of `text` from `from` on. */
function readDelta(text: string, from: number, bias: number): { delta: number; next: number } | undefined {
  let delta = 0
  let weight = 1
  for (let k = BASE, next = from; next < text.length; k += BASE) {
    const digit = DIGITS.indexOf(text.charAt(next++))
    if (digit < 0) return undefined
    delta += digit * weight
    if (delta > Number.MAX_SAFE_INTEGER) return undefined
    const limit = threshold(k, bias)
    if (digit < limit) return { delta, next }
    weight *= BASE - limit
  }
  return undefined
}

/** Decodes lower-case Punycode, without the ACE prefix (RFC 3492 §6.2). Undefined where the text is no Punycode. */
export function decodePunycode(text: string): readonly number[] | undefined {
  const delimiter = text.lastIndexOf('-')
  const output = Array.from(text.slice(0, Math.max(delimiter, 0)), (character) => character.charCodeAt(0))
  if (output.some((cp) => cp >= INITIAL_N)) return undefined
  let n = INITIAL_N
  let i = 0
  let bias = INITIAL_BIAS
  for (let at = delimiter > 0 ? delimiter + 1 : 0; at < text.length; ) {
    const read = readDelta(text, at, bias)
    if (read === undefined) return undefined
    const length = output.length + 1
    bias = adapt(read.delta, length, at === (delimiter > 0 ? delimiter + 1 : 0))
    i += read.delta
    n += Math.floor(i / length)
    i %= length
    if (n > MAX_CODE_POINT) return undefined
    output.splice(i++, 0, n)
    at = read.next
  }
  return output
}

function writeDelta(delta: number, bias: number): string {
  let text = ''
  let rest = delta
  for (let k = BASE; ; k += BASE) {
    const limit = threshold(k, bias)
    if (rest < limit) return text + DIGITS.charAt(rest)
    text += DIGITS.charAt(limit + ((rest - limit) % (BASE - limit)))
    rest = Math.floor((rest - limit) / (BASE - limit))
  }
}

/** Encodes code points as Punycode, without the ACE prefix (RFC 3492 §6.3). The time grows with the square of the length. */
export function encodePunycode(codePoints: readonly number[]): string {
  const basic = codePoints.filter((cp) => cp < INITIAL_N)
  let output = String.fromCharCode(...basic) + (basic.length > 0 ? '-' : '')
  let handled = basic.length
  let n = INITIAL_N
  let bias = INITIAL_BIAS
  let delta = 0
  while (handled < codePoints.length) {
    const next = Math.min(...codePoints.filter((cp) => cp >= n))
    delta += (next - n) * (handled + 1)
    n = next
    for (const cp of codePoints) {
      if (cp < n) delta++
      if (cp !== n) continue
      output += writeDelta(delta, bias)
      bias = adapt(delta, handled + 1, handled === basic.length)
      delta = 0
      handled++
    }
    delta++
    n++
  }
  return output
}
