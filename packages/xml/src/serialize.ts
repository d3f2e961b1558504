import { XML_NS } from './chars.ts'
import type { Element, Node } from './element.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

const escaped = (char: string): string => ESCAPES[char] ?? char

/** Text as character data. A carriage return is written as a reference, or it would be read as a line feed (XML 1.0 §2.11). */
export function escapeText(text: string): string {
  return /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, escaped) : text
}

/** Text as an attribute value, for either kind of quote; whitespace survives normalisation (XML 1.0 §3.3.3). */
export function escapeAttr(text: string): string {
  return /[&<>"'\t\n\r]/.test(text) ? text.replace(/[&<>"'\t\n\r]/g, escaped) : text
}

/**
 * The element as XML, to stand where `inheritedNs` is the default namespace. `xmlns` is written only where the namespace
 * differs from the inherited one; no prefix of the surroundings is used.
 */
export function serialize(e: Element, inheritedNs = ''): string {
  // The prefix xml cannot be replaced by a default namespace (Namespaces in XML 1.0 §3).
  const name = e.ns === XML_NS ? `xml:${e.name}` : e.name
  const ns = e.ns === XML_NS ? inheritedNs : e.ns
  let tag = `<${name}`
  if (ns !== inheritedNs) tag += ` xmlns='${escapeAttr(ns)}'`
  tag += attributes(e)
  if (e.children.length === 0) return `${tag}/>`
  return `${tag}>${serializeNodes(e.children, ns)}</${name}>`
}

/**
 * Nodes as XML, one after the other, to stand where `inheritedNs` is the default namespace. Joined, they are one piece of memory;
 * what is added to bit by bit is a tree of its bits for as long as it is kept.
 */
export function serializeNodes(nodes: readonly Node[], inheritedNs: string): string {
  return nodes.map((node) => (typeof node === 'string' ? escapeText(node) : serialize(node, inheritedNs))).join('')
}

function attributes(e: Element): string {
  let xml = ''
  let prefixes: Map<string, string> | undefined
  for (const key of Object.keys(e.attrs)) {
    const name = key.startsWith('{') ? prefixed(key, (prefixes ??= new Map())) : key
    xml += ` ${name}='${escapeAttr(e.attrs[key] ?? '')}'`
  }
  for (const [uri, prefix] of prefixes ?? []) xml += ` xmlns:${prefix}='${escapeAttr(uri)}'`
  return xml
}

function prefixed(key: string, prefixes: Map<string, string>): string {
  const end = key.lastIndexOf('}')
  const uri = key.slice(1, end)
  const prefix = prefixes.get(uri) ?? `a${prefixes.size}`
  prefixes.set(uri, prefix)
  return `${prefix}:${key.slice(end + 1)}`
}
