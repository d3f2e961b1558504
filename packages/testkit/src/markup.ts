import { type Element, escapeAttr, isElement, type Node, parseElement, serialize } from '@jabiru/xml'

/** Stands in a pattern for a value that must be there and may be anything. */
export const any = '\u{F8FF}'

/** XML written in a test, well-formed for sure. */
export class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The XML as it was written. */
  toString(): string {
    return this.#text
  }

  /** The one element it is, without the whitespace that only lays it out. `ns` is the default namespace it stands in. */
  element(ns = 'jabber:client'): Element {
    return withoutLayout(parseElement(this.#text, ns))
  }
}

/** What may stand in `xml`…``: text is escaped, markup goes in as it is, someone with an address stands for it. */
export type Interpolated = string | number | Markup | readonly Markup[] | { readonly jid: string }

/** XML with safe interpolation. */
export function xml(parts: TemplateStringsArray, ...values: readonly Interpolated[]): Markup {
  return new Markup(parts.map((part, i) => (i === 0 ? part : written(values[i - 1]) + part)).join(''))
}

function written(value: Interpolated | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeAttr(String(value))
  if (value instanceof Markup) return value.toString()
  if ('jid' in value) return escapeAttr(value.jid)
  return value.join('')
}

/** Whitespace between child elements is layout; whitespace as the only content is content. */
export function withoutLayout(e: Element): Element {
  const layout = e.children.some(isElement)
  const keep = (node: Node) => isElement(node) || !layout || node.trim() !== ''
  return { ...e, children: e.children.filter(keep).map((node) => (isElement(node) ? withoutLayout(node) : node)) }
}

/** An element as XML to be read by people, in the place where a stanza stands. */
export function show(e: Element, ns = 'jabber:client'): string {
  return serialize(e, ns).replaceAll(any, '(any)')
}
