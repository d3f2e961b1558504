import type { SaxesAttributeNS, SaxesTagNS } from 'saxes'
import type { Attrs } from './element.ts'
import type { Limits } from './errors.ts'
import { attrsOf, read, type Scope, type Sink } from './reader.ts'

/** A name with its namespace resolved. */
export interface ExpandedName {
  readonly name: string
  readonly ns: string
}

/** An element as far as it must be known to pass it on, no tree built. */
export interface Outline extends ExpandedName {
  readonly attrs: Attrs
  /** The direct child elements. */
  readonly payloads: readonly ExpandedName[]
  /** Where the content begins in the text. */
  readonly start: number
  /** Where it ends. */
  readonly end: number
}

/**
 * Parses an element without building a tree. `isPortable` tells whether the content means the same in any element whose
 * default namespace is the element's own. Throws XmlError.
 */
export function readOutline(text: string, scope: Scope, limits: Limits): Outline & { readonly isPortable: boolean } {
  const sink = new OutlineSink(scope, limits)
  read(text, scope, sink)
  const { name, ns, attrs, payloads, start, isPortable } = sink
  return { name, ns, attrs, payloads, start, end: Math.max(start, text.lastIndexOf('</')), isPortable }
}

class OutlineSink implements Sink {
  readonly limits: Limits
  readonly payloads: ExpandedName[] = []
  name = ''
  ns = ''
  attrs: Attrs = {}
  /** Where the content begins. */
  start = 0
  /** Whether the content means the same in other surroundings. */
  isPortable = true
  readonly #scope: Scope
  #depth = 0
  /** Prefixes declared within the content, innermost last. */
  readonly #declared: { readonly depth: number; readonly ns: Readonly<Record<string, string>> }[] = []

  constructor(scope: Scope, limits: Limits) {
    this.#scope = scope
    this.limits = limits
  }

  open(tag: SaxesTagNS, attributes: readonly SaxesAttributeNS[], end: number): void {
    if (++this.#depth === 1) {
      this.name = tag.local
      this.ns = tag.uri
      this.attrs = attrsOf(attributes)
      this.start = end
      this.isPortable = (tag.ns[''] ?? this.#scope('') ?? '') === tag.uri
      return
    }
    if (this.#depth === 2) this.payloads.push({ name: tag.local, ns: tag.uri })
    if (tag.prefix !== '' || attributes.length > 0) this.#checkPrefixes(tag, attributes)
  }

  close(): void {
    if (this.#declared.at(-1)?.depth === this.#depth) this.#declared.pop()
    this.#depth--
  }

  cdata(): void {
    this.isPortable = false
  }

  #checkPrefixes(tag: SaxesTagNS, attributes: readonly SaxesAttributeNS[]): void {
    if (attributes.some(({ prefix }) => prefix === 'xmlns')) this.#declared.push({ depth: this.#depth, ns: tag.ns })
    // RFC 6120 §4.8.5: no prefix for what is in the content namespace.
    if (tag.prefix !== '' && (tag.uri === this.ns || !this.#bindsInside(tag.prefix))) this.isPortable = false
    for (const { prefix } of attributes) if (prefix !== '' && !this.#bindsInside(prefix)) this.isPortable = false
  }

  #bindsInside(prefix: string): boolean {
    return prefix === 'xml' || prefix === 'xmlns' || this.#declared.some(({ ns }) => ns[prefix] !== undefined)
  }
}
