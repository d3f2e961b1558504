import { detached } from './bytes.ts'
import { XML_NS } from './chars.ts'
import { type Attrs, detachedAttrs, type Element, isElement, type Node } from './element.ts'
import { type Limits, tooMuch, UNLIMITED } from './errors.ts'
import { type ExpandedName, type Outline, readOutline } from './outline.ts'
import { readPlain } from './plain.ts'
import type { Scope } from './reader.ts'
import { serializeNodes } from './serialize.ts'
import { readTree } from './tree.ts'

/** A direct child of the stream's root: its own tag taken apart, its content as XML to pass on. */
export interface TopElement {
  readonly name: string
  readonly ns: string
  readonly attrs: Attrs
  /** The content as it can stand in any element whose default namespace is `ns`: no prefix from outside, no CDATA. */
  readonly inner: string
  /** Names of the direct child elements, in order. */
  readonly payloads: readonly ExpandedName[]
  /** The whole as a tree; parsed at the first call. */
  readonly element: () => Element
}

/** Slices of texts up to this length may keep it alive. */
const SMALL = 1024

/**
 * Parses one element with everything in it. `scope` is what is bound around it. Throws XmlError; of the limits, those
 * on bytes, depth and counts are the framer's to check.
 */
export function readTop(text: string, scope: Scope, limits: Limits): TopElement {
  const plain = readPlain(text, scope('') ?? '', limits)
  if (plain !== undefined) return portable(text, plain)
  const outline = readOutline(text, scope, limits)
  return outline.isPortable ? portable(text, outline) : rewritten(text, readTree(text, scope, limits), limits)
}

/** An element whose content can be passed on as it is. */
function portable(text: string, found: Outline): TopElement {
  const { name, ns, payloads } = found
  const attrs = keptAttrs(text, found.attrs)
  const inner = keptSlice(text, text.slice(found.start, found.end))
  let element: Element | undefined
  return {
    name,
    ns,
    attrs,
    inner,
    payloads,
    element: () => (element ??= { name, ns, attrs, children: readContent(inner, ns) }),
  }
}

/**
 * An element whose content is written anew. Throws XmlError when that makes it too long.
 * NOTSPEC(RFC 6120 §4.8.5): content with a prefix from outside, or with one for its own namespace, is mended and not refused.
 */
function rewritten(text: string, element: Element, limits: Limits): TopElement {
  const { name, ns, children } = element
  if (namespaceBytes(children, ns) > limits.bytes) throw tooMuch('bytes')
  const inner = serializeNodes(children, ns)
  if (Buffer.byteLength(inner) > limits.bytes) throw tooMuch('bytes')
  const payloads = children.filter(isElement).map(({ name, ns }) => ({ name, ns }))
  return {
    name,
    ns,
    attrs: keptAttrs(text, element.attrs),
    inner: keptSlice(text, inner),
    payloads,
    element: () => element,
  }
}

/** Attributes that do not hold a large text they were cut from. */
function keptAttrs(text: string, attrs: Attrs): Attrs {
  return text.length > SMALL ? detachedAttrs(attrs) : attrs
}

/** Content that does not hold a text that is much larger. */
function keptSlice(text: string, content: string): string {
  return text.length > SMALL && text.length > 2 * content.length ? detached(content) : content
}

/** The nodes of content that was checked before. */
function readContent(inner: string, ns: string): readonly Node[] {
  if (inner === '') return []
  return readTree(`<f>${inner}</f>`, (prefix) => (prefix === '' ? ns : undefined), UNLIMITED).children
}

/** Bytes that serialising adds for namespaces: a prefix declared once becomes a declaration at each element. */
function namespaceBytes(nodes: readonly Node[], inherited: string): number {
  let bytes = 0
  for (const node of nodes) {
    if (!isElement(node)) continue
    if (node.ns !== inherited) bytes += node.ns.length
    for (const key of Object.keys(node.attrs)) bytes += key.length
    bytes += namespaceBytes(node.children, node.ns === XML_NS ? inherited : node.ns)
  }
  return bytes
}
