import { isNamespaceName } from './chars.ts'
import { type Element, isElement, type Node } from './element.ts'
import { DEFAULT_LIMITS, type Limits, tooMuch, XmlError, XmlValueError } from './errors.ts'
import { isRestricted } from './restricted.ts'
import { readTree } from './tree.ts'

/**
 * Parses content as it could stand within an element whose default namespace is `defaultNs`: elements and text.
 * No prefix but xml is bound outside. Throws XmlError.
 */
export function parseFragment(xml: string, defaultNs: string, limits: Limits = DEFAULT_LIMITS): readonly Node[] {
  if (!isNamespaceName(defaultNs)) throw new XmlValueError(`not a namespace: ${JSON.stringify(defaultNs)}`)
  if (xml === '') return []
  if (!xml.isWellFormed()) throw new XmlError('unsupported-encoding', 'lone surrogate')
  if (Buffer.byteLength(xml) > limits.bytes) throw tooMuch('bytes')
  if (isRestricted(xml)) throw new XmlError('restricted-xml', 'a comment, processing instruction or declaration')
  const wrapped = { ...limits, depth: limits.depth + 1, elements: limits.elements + 1 }
  const scope = (prefix: string): string | undefined => (prefix === '' ? defaultNs : undefined)
  return readTree(`<f>${xml}</f>`, scope, wrapped).children
}

/** Parses exactly one element, whitespace around it allowed. Throws XmlError. */
export function parseElement(xml: string, defaultNs: string, limits: Limits = DEFAULT_LIMITS): Element {
  const nodes = parseFragment(xml, defaultNs, limits)
  const [element, ...more] = nodes.filter(isElement)
  if (element === undefined || more.length > 0) throw new XmlError('not-well-formed', 'not exactly one element')
  if (nodes.some((node) => !isElement(node) && /[^ \t\r\n]/.test(node))) {
    throw new XmlError('not-well-formed', 'text beside the element')
  }
  return element
}
