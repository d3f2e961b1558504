import { XML_NS, XMLNS_NS } from './chars.ts'
import { setAttr } from './element.ts'
import type { Limits } from './errors.ts'
import type { ExpandedName, Outline } from './outline.ts'

/** What a character may be part of, as bits. */
const NAME_START = 1
const NAME = 2
const TEXT = 4
const SPACE = 8
const URI = 16

const KINDS = Uint8Array.from({ length: 0x80 }, (_, code) => kindsOf(String.fromCharCode(code)))

const LT = 0x3c
const GT = 0x3e
const SLASH = 0x2f
const AMPERSAND = 0x26
const EQUALS = 0x3d
const COLON = 0x3a
const QUOTE = 0x22
const APOSTROPHE = 0x27
const CLOSING_BRACKET = 0x5d
const BEYOND_ASCII = 0x80
/** U+FFFE and U+FFFF are no characters (XML 1.0 §2.2). */
const NO_CHARACTER = 0xfffe

const DEEPEST = 64
const MOST_ATTRIBUTES = 16
const REFERENCES = ['&amp;', '&lt;', '&gt;', '&quot;', '&apos;']

/** In place of an offset: this is not plain. */
const NOT_PLAIN = -1

// Offsets of names, begin and end in turn. Shared, since nothing is called while they are in use.
const tagNames = new Int32Array(2 * DEEPEST)
const attributeNames = new Int32Array(2 * MOST_ATTRIBUTES)

/**
 * Reads an element that is written plainly: ASCII names, no prefix but `xml:lang`, no CDATA, no reference but the five
 * predefined, and none in the attributes of the element itself. Nearly all that clients send is. Returns undefined for
 * anything else, sound or not, which is the parser's to judge; what this returns is what the parser would find.
 * `text` must have no lone surrogates.
 */
export function readPlain(text: string, defaultNs: string, limits: Limits): Outline | undefined {
  return text.charCodeAt(0) === LT ? new PlainReader(text, defaultNs, limits).read() : undefined
}

function kindsOf(char: string): number {
  if (/[A-Za-z_]/.test(char)) return NAME_START | NAME | TEXT | URI
  if (/[-.0-9]/.test(char)) return NAME | TEXT | URI
  if (/[ \t\n\r]/.test(char)) return SPACE | TEXT
  if (/[>"'{}\x7F]/.test(char)) return TEXT
  return /[\0-\x1F<&]/.test(char) ? 0 : TEXT | URI
}

class PlainReader {
  readonly #text: string
  readonly #limits: Limits
  readonly #payloads: ExpandedName[] = []
  readonly #attrs: Record<string, string> = {}
  #name = ''
  #ns: string
  #start = 0
  #depth = 0
  #isEmptyTag = false
  /** Whether the value just read means what is written: no reference, no whitespace that is normalised. */
  #isLiteral = true
  /** The default namespace declared by the tag being read. */
  #declared: string | undefined

  constructor(text: string, defaultNs: string, limits: Limits) {
    this.#text = text
    this.#ns = defaultNs
    this.#limits = limits
  }

  read(): Outline | undefined {
    let at = 0
    for (;;) {
      const tag = at
      if (this.#text.charCodeAt(at + 1) === SLASH) {
        at = this.#endTag(at + 2)
        this.#isEmptyTag = false
        this.#depth--
      } else {
        at = this.#openTag(at + 1)
        if (!this.#isEmptyTag) this.#depth++
      }
      if (at === NOT_PLAIN) return undefined
      if (this.#depth === 0)
        return at === this.#text.length ? this.#found(this.#isEmptyTag ? this.#start : tag) : undefined
      at = this.#content(at)
      if (at === NOT_PLAIN) return undefined
    }
  }

  #found(end: number): Outline {
    return {
      name: this.#name,
      ns: this.#ns,
      attrs: this.#attrs,
      payloads: this.#payloads,
      start: this.#start,
      end,
    }
  }

  /** Reads from the name on and returns what comes after the tag. */
  #openTag(from: number): number {
    const nameEnd = this.#nameEnd(from)
    if (nameEnd === from || this.#depth === DEEPEST) return NOT_PLAIN
    this.#declared = undefined
    let at = nameEnd
    for (let count = 0; this.#kindsAt(at) & SPACE; count++) {
      at = this.#spaceEnd(at)
      if (this.#kindsAt(at) & NAME_START) at = this.#attribute(at, count)
      if (at === NOT_PLAIN) return NOT_PLAIN
    }
    this.#isEmptyTag = this.#text.charCodeAt(at) === SLASH
    if (this.#isEmptyTag) at++
    if (this.#text.charCodeAt(at) !== GT) return NOT_PLAIN
    this.#opened(from, nameEnd, at + 1)
    return at + 1
  }

  #opened(nameStart: number, nameEnd: number, end: number): void {
    tagNames[2 * this.#depth] = nameStart
    tagNames[2 * this.#depth + 1] = nameEnd
    if (this.#depth === 0) {
      this.#name = this.#text.slice(nameStart, nameEnd)
      this.#ns = this.#declared ?? this.#ns
      this.#start = end
    } else if (this.#depth === 1) {
      this.#payloads.push({ name: this.#text.slice(nameStart, nameEnd), ns: this.#declared ?? this.#ns })
    }
  }

  /** Reads from the name on and returns what comes after the value. */
  #attribute(from: number, count: number): number {
    let nameEnd = this.#nameEnd(from)
    if (this.#text.charCodeAt(nameEnd) === COLON && this.#text.startsWith('xml:lang', from)) nameEnd = from + 8
    const quote = this.#text.charCodeAt(nameEnd + 1)
    if (this.#text.charCodeAt(nameEnd) !== EQUALS || (quote !== APOSTROPHE && quote !== QUOTE)) return NOT_PLAIN
    const start = nameEnd + 2
    const end = this.#valueEnd(start, quote)
    if (end === NOT_PLAIN || count === MOST_ATTRIBUTES || !this.#isNewAttribute(from, nameEnd, count)) return NOT_PLAIN
    const name = this.#text.slice(from, nameEnd)
    if (name === 'xmlns') {
      if (!this.#isNamespace(start, end)) return NOT_PLAIN
      this.#declared = this.#text.slice(start, end)
    } else if (this.#depth === 0) {
      if (!this.#isLiteral) return NOT_PLAIN
      setAttr(this.#attrs, name, this.#text.slice(start, end))
    }
    return end + 1
  }

  /** Compares the name with those before it in the tag, and keeps it. */
  #isNewAttribute(from: number, end: number, count: number): boolean {
    for (let i = 0; i < count; i++) {
      const other = attributeNames[2 * i] ?? 0
      if ((attributeNames[2 * i + 1] ?? 0) - other === end - from && this.#isSame(other, from, end - from)) return false
    }
    attributeNames[2 * count] = from
    attributeNames[2 * count + 1] = end
    return true
  }

  #isSame(a: number, b: number, length: number): boolean {
    for (let i = 0; i < length; i++) if (this.#text.charCodeAt(a + i) !== this.#text.charCodeAt(b + i)) return false
    return true
  }

  #isNamespace(from: number, end: number): boolean {
    for (let at = from; at < end; at++) if (!(this.#kindsAt(at) & URI)) return false
    const uri = this.#text.slice(from, end)
    return end - from <= this.#limits.namespaceBytes && uri !== XML_NS && uri !== XMLNS_NS
  }

  /** Reads from the name on and returns what comes after the tag. */
  #endTag(from: number): number {
    const start = tagNames[2 * this.#depth - 2] ?? 0
    const length = (tagNames[2 * this.#depth - 1] ?? 0) - start
    if (!this.#isSame(start, from, length)) return NOT_PLAIN
    const at = this.#spaceEnd(from + length)
    return this.#text.charCodeAt(at) === GT ? at + 1 : NOT_PLAIN
  }

  /** Where the quote is that ends a value. */
  #valueEnd(from: number, quote: number): number {
    this.#isLiteral = true
    let at = from
    for (;;) {
      const code = this.#text.charCodeAt(at)
      if (code === quote) return at
      if (code === AMPERSAND) {
        this.#isLiteral = false
        at = this.#referenceEnd(at)
        if (at === NOT_PLAIN) return NOT_PLAIN
      } else {
        if (!isText(code)) return NOT_PLAIN
        if (code < 0x20) this.#isLiteral = false
        at++
      }
    }
  }

  /** Where the next tag begins. */
  #content(from: number): number {
    let at = from
    for (;;) {
      const code = this.#text.charCodeAt(at)
      if (code === LT) return at
      if (code === AMPERSAND) {
        at = this.#referenceEnd(at)
        if (at === NOT_PLAIN) return NOT_PLAIN
      } else {
        if (!isText(code) || (code === GT && this.#endsCdata(at))) return NOT_PLAIN
        at++
      }
    }
  }

  /** XML 1.0 §2.4: what ends a CDATA section may not stand in text. */
  #endsCdata(at: number): boolean {
    return this.#text.charCodeAt(at - 1) === CLOSING_BRACKET && this.#text.charCodeAt(at - 2) === CLOSING_BRACKET
  }

  #referenceEnd(at: number): number {
    for (const reference of REFERENCES) if (this.#text.startsWith(reference, at)) return at + reference.length
    return NOT_PLAIN
  }

  /** Where the name ends that begins here; here, if none does. */
  #nameEnd(from: number): number {
    if (!(this.#kindsAt(from) & NAME_START)) return from
    let at = from + 1
    while (this.#kindsAt(at) & NAME) at++
    return at
  }

  #spaceEnd(from: number): number {
    let at = from
    while (this.#kindsAt(at) & SPACE) at++
    return at
  }

  #kindsAt(at: number): number {
    return KINDS[this.#text.charCodeAt(at)] ?? 0
  }
}

function isText(code: number): boolean {
  return code < BEYOND_ASCII ? ((KINDS[code] ?? 0) & TEXT) !== 0 : code < NO_CHARACTER
}
