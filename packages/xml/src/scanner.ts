import { type Limits, tooMuch, XmlError } from './errors.ts'

/** What a finished unit is: one of the four things a stream is made of. */
export type UnitKind = 'declaration' | 'header' | 'element' | 'end'

const TEXT = 0
const OPENED = 1
const LITERAL = 2
const CDATA = 3
const TAG = 4
const VALUE = 5
const EMPTY_TAG = 6
const END_TAG = 7
const DECLARATION = 8

const LT = 0x3c
const GT = 0x3e
const SLASH = 0x2f
const QUESTION = 0x3f
const BANG = 0x21
const EQUALS = 0x3d
const APOSTROPHE = 0x27
const QUOTE = 0x22
const CLOSING_BRACKET = 0x5d
const COLON = 0x3a
const UNDERSCORE = 0x5f

const CDATA_START = Buffer.from('[CDATA[')
const DECLARATION_START = Buffer.from('xml')

/** Whether a byte is whitespace. XML 1.0 §2.3. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/**
 * Finds where the next unit of a stream ends: a top-level element, the opening or the end tag of the root, or the XML
 * declaration. It looks at bytes only, each once whatever the chunks, and refuses at once what is forbidden or exceeds
 * a limit. Everything it lets through is still to be parsed: it decides the frame, not the well-formedness.
 *
 * All that delimits is ASCII, and no byte of a longer UTF-8 sequence is (RFC 3629 §3), so nothing is decoded here.
 */
export class Scanner {
  /** Set when the unit is complete. */
  done = false
  kind: UnitKind = 'element'
  #state = TEXT
  #bytes = 0
  #depth = 0
  #elements = 0
  #children = 0
  #attributes = 0
  /** Length of the name or the attribute value being read. */
  #run = 0
  #quote = 0
  /** Progress in a literal, or brackets or question marks seen in a row. */
  #matched = 0

  /** Begins a unit, whose `<` is the first byte of the next scan. */
  begin(kind: UnitKind): void {
    this.done = false
    this.kind = kind
    this.#state = TEXT
    this.#bytes = 0
    this.#depth = 0
    this.#elements = 0
    this.#children = 0
  }

  /**
   * Reads on from `from` and returns where it stopped: after the unit if `done`, else at `to`. Throws XmlError; the
   * scanner must not be used again then.
   */
  scan(bytes: Uint8Array, from: number, to: number, limits: Limits): number {
    const last = Math.min(to, from + limits.bytes - this.#bytes)
    let at = from
    while (at < last && !this.done) at = this.#step(bytes, at, last, limits)
    this.#bytes += at - from
    // One more byte at least is needed to end the unit.
    if (!this.done && this.#bytes >= limits.bytes) throw tooMuch('bytes')
    return at
  }

  #step(bytes: Uint8Array, at: number, last: number, limits: Limits): number {
    switch (this.#state) {
      case TEXT:
        return this.#text(bytes, at, last)
      case TAG:
        return this.#tag(bytes, at, last, limits)
      case VALUE:
        return this.#value(bytes, at, last, limits)
      case END_TAG:
        return this.#endTag(bytes, at, last)
      case CDATA:
        return this.#cdata(bytes, at, last)
      default:
        this.#single(bytes[at] ?? 0, limits)
        return at + 1
    }
  }

  /** The states that take one byte. */
  #single(byte: number, limits: Limits): void {
    if (this.#state === OPENED) this.#opened(byte, limits)
    else if (this.#state === LITERAL) this.#cdataStart(byte)
    else if (this.#state === EMPTY_TAG) this.#emptyTag(byte)
    else this.#declaration(byte)
  }

  #text(bytes: Uint8Array, from: number, last: number): number {
    let at = from
    while (at < last)
      if (bytes[at++] === LT) {
        this.#state = OPENED
        break
      }
    return at
  }

  /** The byte after `<`. */
  #opened(byte: number, limits: Limits): void {
    if (byte === SLASH) {
      if (this.kind !== 'element') throw new XmlError('not-well-formed', 'an end tag before the first element')
      if (this.#depth === 0) this.kind = 'end'
      this.#state = END_TAG
    } else if (byte === BANG) {
      this.#state = LITERAL
      this.#matched = 0
    } else if (byte === QUESTION && this.kind === 'declaration') {
      this.#state = DECLARATION
      this.#matched = 0
    } else if (byte === QUESTION)
      throw new XmlError('restricted-xml', 'a processing instruction') // RFC 6120 §11.1
    else this.#element(byte, limits)
  }

  #element(byte: number, limits: Limits): void {
    if (byte === 0) throw new XmlError('unsupported-encoding', 'a NUL: UTF-16 or UTF-32')
    const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
    if (byte < 0x80 && !letter && byte !== COLON && byte !== UNDERSCORE) {
      throw new XmlError('not-well-formed', 'a tag without a name')
    }
    if (this.kind === 'declaration') this.kind = 'header'
    if (this.#depth >= limits.depth) throw tooMuch('depth')
    if (++this.#elements > limits.elements) throw tooMuch('elements')
    if (this.#depth === 1 && ++this.#children > limits.children) throw tooMuch('children')
    this.#state = TAG
    this.#attributes = 0
    this.#run = 1
  }

  /** Within a tag, outside values. What is no name, `=`, value or whitespace is left to the parser to refuse. */
  #tag(bytes: Uint8Array, from: number, last: number, limits: Limits): number {
    let run = this.#run
    let at = from
    while (at < last) {
      const byte = bytes[at++] ?? 0
      if (byte > GT || (byte > SLASH && byte < LT)) run++
      else if (byte === EQUALS || isSpace(byte)) run = 0
      else if (byte === GT || byte === SLASH || byte === QUOTE || byte === APOSTROPHE) {
        this.#run = 0
        this.#leaveTag(byte, limits)
        return at
      } else if (byte === LT) throw new XmlError('not-well-formed', 'a tag within a tag')
      else run++
      if (run > limits.nameBytes) throw tooMuch('nameBytes')
    }
    this.#run = run
    return at
  }

  #leaveTag(byte: number, limits: Limits): void {
    if (byte === GT) {
      this.#depth++
      this.#state = TEXT
      this.done = this.kind === 'header'
    } else if (byte === SLASH) this.#state = EMPTY_TAG
    else {
      if (++this.#attributes > limits.attributes) throw tooMuch('attributes')
      this.#quote = byte
      this.#state = VALUE
    }
  }

  #value(bytes: Uint8Array, from: number, last: number, limits: Limits): number {
    const quote = this.#quote
    let at = from
    while (at < last && bytes[at] !== quote) {
      // Two stanzas could become one if a parser did not agree on this. XML 1.0 §3.1.
      if (bytes[at] === LT) throw new XmlError('not-well-formed', 'a tag within an attribute value')
      at++
    }
    this.#run += at - from
    if (this.#run > limits.attributeBytes) throw tooMuch('attributeBytes')
    if (at === last) return at
    this.#run = 0
    this.#state = TAG
    return at + 1
  }

  /** The byte after the `/` of an empty-element tag. */
  #emptyTag(byte: number): void {
    if (byte !== GT) throw new XmlError('not-well-formed', 'a slash within a tag')
    this.#state = TEXT
    this.done = this.#depth === 0
  }

  #endTag(bytes: Uint8Array, from: number, last: number): number {
    let at = from
    while (at < last) {
      const byte = bytes[at++]
      if (byte === LT) throw new XmlError('not-well-formed', 'a tag within a tag')
      if (byte !== GT) continue
      this.#state = TEXT
      if (this.#depth > 0) this.#depth--
      this.done = this.#depth === 0
      break
    }
    return at
  }

  /** The bytes after `<!`. Only a CDATA section may begin so: no comment, no document type. */
  #cdataStart(byte: number): void {
    if (byte !== CDATA_START[this.#matched++]) throw new XmlError('restricted-xml', 'a comment or a declaration') // RFC 6120 §11.1
    if (this.#matched < CDATA_START.length) return
    if (this.#depth === 0) throw new XmlError('bad-format', 'text between top-level elements')
    this.#state = CDATA
    this.#matched = 0
  }

  #cdata(bytes: Uint8Array, from: number, last: number): number {
    let at = from
    while (at < last) {
      const byte = bytes[at++]
      if (byte === CLOSING_BRACKET) this.#matched++
      else if (byte === GT && this.#matched >= 2) {
        this.#state = TEXT
        break
      } else this.#matched = 0
    }
    return at
  }

  /** The bytes after `<?` at the very beginning of the stream: `xml` and on to `?>`. */
  #declaration(byte: number): void {
    const start = DECLARATION_START.length
    if (this.#matched < start) {
      if (byte !== DECLARATION_START[this.#matched++]) throw new XmlError('restricted-xml', 'a processing instruction')
    } else if (this.#matched === start) {
      if (!isSpace(byte)) throw new XmlError('restricted-xml', 'a processing instruction') // RFC 6120 §11.1
      this.#matched++
    } else if (byte === QUESTION) this.#matched = start + 2
    else if (byte === GT && this.#matched === start + 2) this.done = true
    else this.#matched = start + 1
  }
}
