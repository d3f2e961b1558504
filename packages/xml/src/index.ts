export { isNamespaceName, isNcName, isXmlText, XML_NS } from './chars.ts'
export {
  type Attrs,
  child,
  childOf,
  children,
  type Element,
  el,
  isElement,
  type Node,
  textOf,
  withAttrs,
} from './element.ts'
export { DEFAULT_LIMITS, type Limits, PRE_AUTH_LIMITS, type XmlCondition, XmlError, XmlValueError } from './errors.ts'
export { parseElement, parseFragment } from './fragment.ts'
export type { StreamHeader } from './header.ts'
export type { ExpandedName } from './outline.ts'
export { escapeAttr, escapeText, serialize, serializeNodes } from './serialize.ts'
export { createStreamParser, type StreamEvents, type StreamParser } from './stream.ts'
export { type TopElement } from './top.ts'
