import { detached } from './bytes.ts'
import { isNamespaceName, isNcName, isXmlText, XML_NS, XMLNS_NS } from './chars.ts'
import { XmlValueError } from './errors.ts'

/**
 * Attributes by name: `id` for an unprefixed one, `xml:lang` for the prefix xml, `{uri}local` for any other prefix.
 * Namespace declarations are not among them. Read it with names that are known: it inherits what every object does.
 */
export type Attrs = Readonly<Record<string, string>>

/** An element as a value. The namespace is resolved; nothing is inherited from a parent. */
export interface Element {
  readonly name: string
  readonly ns: string
  readonly attrs: Attrs
  readonly children: readonly Node[]
}

/** Content of an element: a child element or a piece of text. */
export type Node = Element | string

/**
 * Builds an element. Attributes and children that are undefined, and empty text, are left out.
 * Throws XmlValueError on a name, namespace or character that XML cannot carry.
 */
export function el(
  name: string,
  ns: string,
  attrs: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (Node | undefined)[]
): Element {
  if (!isNcName(name)) throw new XmlValueError(`not an element name: ${JSON.stringify(name)}`)
  if (!isNamespaceName(ns) || ns === XMLNS_NS) throw new XmlValueError(`not a namespace: ${JSON.stringify(ns)}`)
  return { name, ns, attrs: checkedAttrs(attrs), children: checkedChildren(children) }
}

/** The same element with some attributes set, or removed where the value is undefined. */
export function withAttrs(e: Element, changes: Readonly<Record<string, string | undefined>>): Element {
  return { ...e, attrs: checkedAttrs({ ...e.attrs, ...changes }) }
}

/** Whether a node is an element and not text. */
export function isElement(node: Node): node is Element {
  return typeof node !== 'string'
}

/** The first child element of that name; `ns` is the parent's own namespace unless given. */
export function child(e: Element, name: string, ns: string = e.ns): Element | undefined {
  for (const node of e.children) if (isElement(node) && node.name === name && node.ns === ns) return node
  return undefined
}

/** The first child element in that namespace, whatever its name. */
export function childOf(e: Element, ns: string): Element | undefined {
  for (const node of e.children) if (isElement(node) && node.ns === ns) return node
  return undefined
}

/** The child elements in order, without the text between them. */
export function children(e: Element): Element[] {
  return e.children.filter(isElement)
}

/** The text directly within the element, pieces joined; empty for undefined. */
export function textOf(e: Element | undefined): string {
  if (e === undefined) return ''
  let text = ''
  for (const node of e.children) if (!isElement(node)) text += node
  return text
}

/** Sets an own property even for the name `__proto__`, which an assignment would lose. */
export function setAttr(attrs: Record<string, string>, key: string, value: string): void {
  if (key === '__proto__') {
    Object.defineProperty(attrs, key, { value, enumerable: true, configurable: true, writable: true })
  } else attrs[key] = value
}

/** The same attributes, the values not cut from a longer text. */
export function detachedAttrs(attrs: Attrs): Attrs {
  const copies: Record<string, string> = {}
  for (const [key, value] of Object.entries(attrs)) setAttr(copies, key, detached(value))
  return copies
}

function checkedAttrs(attrs: Readonly<Record<string, string | undefined>>): Attrs {
  const checked: Record<string, string> = {}
  for (const key of Object.keys(attrs)) {
    const value = attrs[key]
    if (value === undefined) continue
    if (!isXmlText(value))
      throw new XmlValueError(`the value of attribute ${JSON.stringify(key)} has a forbidden character`)
    setAttr(checked, attrKey(key), value)
  }
  return checked
}

function attrKey(key: string): string {
  const end = key.lastIndexOf('}')
  if (key.startsWith('{') && end > 1) {
    const uri = key.slice(1, end)
    const local = key.slice(end + 1)
    if (isNcName(local) && isNamespaceName(uri) && uri !== XMLNS_NS) return uri === XML_NS ? `xml:${local}` : key
  } else if (key !== 'xmlns' && isNcName(key.startsWith('xml:') ? key.slice(4) : key)) return key
  throw new XmlValueError(`not an attribute name: ${JSON.stringify(key)}`)
}

function checkedChildren(nodes: readonly (Node | undefined)[]): readonly Node[] {
  const checked: Node[] = []
  for (const node of nodes) {
    if (node === undefined || node === '') continue
    if (typeof node === 'string' && !isXmlText(node)) throw new XmlValueError('text has a forbidden character')
    checked.push(node)
  }
  return checked
}
