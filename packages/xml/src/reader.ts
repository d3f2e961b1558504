import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes'
import { isNamespaceName, isNcName, XMLNS_NS } from './chars.ts'
import { type Attrs, setAttr } from './element.ts'
import { DEFAULT_LIMITS, type Limits, tooMuch, XmlError } from './errors.ts'
import { hasForeignReference } from './restricted.ts'

/** The namespace bound to a prefix outside what is read; the empty prefix asks for the default namespace. */
export type Scope = (prefix: string) => string | undefined

/** Receives one document while it is read. Whatever a method throws ends the reading and reaches the caller. */
export interface Sink {
  readonly limits: Limits
  /** `end` is the offset in the text just after the tag. */
  readonly open: (tag: SaxesTagNS, attributes: readonly SaxesAttributeNS[], end: number) => void
  readonly close: () => void
  /** Text without CDATA marks, references resolved; a run may come in pieces. Without it, text is checked and not copied. */
  readonly text?: (text: string) => void
  /** Called at each CDATA section. */
  readonly cdata?: () => void
}

/** A parser that is used again and again; taken out of its place while it runs, because a sink may read in turn. */
interface Reader {
  readonly parser: SaxesParser<{ xmlns: true; position: false; resolvePrefix: Scope }>
  sink: Sink
  scope: Scope
  attributes: SaxesAttributeNS[]
}

const IDLE: Sink = { open: () => undefined, close: () => undefined, limits: DEFAULT_LIMITS }
const NO_SCOPE: Scope = () => undefined

let spareSilent: Reader | undefined
let spareTexts: Reader | undefined

/**
 * Reads one whole document. `xml` must have no lone surrogates, for the parser would let one swallow the character after
 * it, and must have passed `isRestricted` or the scanner. Throws XmlError when the text is no well-formed document with one root.
 */
export function read(xml: string, scope: Scope, sink: Sink): void {
  const texts = sink.text !== undefined
  const reader = (texts ? spareTexts : spareSilent) ?? createReader(texts)
  if (texts) spareTexts = undefined
  else spareSilent = undefined
  reader.sink = sink
  reader.scope = scope
  try {
    reader.parser.write(xml).close()
  } catch (error) {
    // The parser is in the middle of something and is not used again.
    throw error instanceof XmlError ? error : faultIn(xml, error)
  }
  reader.sink = IDLE
  reader.scope = NO_SCOPE
  if (texts) spareTexts = reader
  else spareSilent = reader
}

/** Attributes as a record, without the namespace declarations. */
export function attrsOf(attributes: readonly SaxesAttributeNS[]): Attrs {
  const attrs: Record<string, string> = {}
  for (const { name, prefix, local, uri, value } of attributes) {
    if (uri === XMLNS_NS) continue
    setAttr(attrs, prefix === '' || prefix === 'xml' ? name : `{${uri}}${local}`, value)
  }
  return attrs
}

// Four handlers and no more: with eight the parser has so many properties that the engine makes it a hash table, which
// takes five times as long. Both kinds get the same ones in the same order, to be of one shape.
function createReader(texts: boolean): Reader {
  const reader: Reader = {
    parser: new SaxesParser({ xmlns: true, position: false, resolvePrefix: (prefix: string) => reader.scope(prefix) }),
    sink: IDLE,
    scope: NO_SCOPE,
    attributes: [],
  }
  const { parser } = reader
  parser.on('attribute', (attribute) => {
    reader.attributes.push(attribute) // its namespace is set before the tag is told
  })
  parser.on('opentag', (tag) => {
    opened(reader, tag)
  })
  parser.on('closetag', () => {
    reader.sink.close()
  })
  parser.on('cdata', (text) => {
    reader.sink.cdata?.()
    reader.sink.text?.(text)
  })
  parser.on('text', (text) => {
    reader.sink.text?.(text)
  })
  if (!texts) parser.off('text')
  return reader
}

function opened(reader: Reader, tag: SaxesTagNS): void {
  const { attributes, sink, parser } = reader
  checkLocal(tag)
  if (attributes.length > 0) {
    reader.attributes = []
    for (const attribute of attributes) checkAttribute(attribute, sink.limits)
  }
  sink.open(tag, attributes, parser.position)
}

/** saxes checks the first character of a qualified name, and not that of its local part (Namespaces in XML 1.0 §4). */
function checkLocal({ prefix, local }: { readonly prefix: string; readonly local: string }): void {
  if (prefix !== '' && !isNcName(local)) throw new XmlError('not-well-formed', 'malformed qualified name')
}

function checkAttribute(attribute: SaxesAttributeNS, limits: Limits): void {
  checkLocal(attribute)
  if (attribute.uri !== XMLNS_NS) return
  // saxes trims namespace names, which others do not; with no whitespace in them nobody can disagree.
  if (!isNamespaceName(attribute.value)) throw new XmlError('not-well-formed', 'not a namespace name')
  if (Buffer.byteLength(attribute.value) > limits.namespaceBytes) throw tooMuch('namespaceBytes')
}

/** What saxes stopped at, as one of our conditions: by what the text contains, since saxes gives only prose. */
function faultIn(xml: string, cause: unknown): XmlError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new XmlError(hasForeignReference(xml) ? 'restricted-xml' : 'not-well-formed', text)
}
