import type { Element, Node } from './element.ts'
import { type Limits, tooMuch, XmlError } from './errors.ts'
import { attrsOf, read, type Scope } from './reader.ts'

/** An element whose children are still being gathered. */
interface Growing extends Element {
  readonly children: Node[]
}

/** Parses a whole document to its root element. Throws XmlError. */
export function readTree(xml: string, scope: Scope, limits: Limits): Element {
  const open: Growing[] = []
  let root: Element | undefined
  let elements = 0
  let children = 0
  let text = ''
  const flush = (): void => {
    if (text !== '') open.at(-1)?.children.push(text)
    text = ''
  }
  read(xml, scope, {
    limits,
    open: (tag, attributes) => {
      flush()
      if (attributes.length > limits.attributes) throw tooMuch('attributes')
      const element: Growing = { name: tag.local, ns: tag.uri, attrs: attrsOf(attributes), children: [] }
      const parent = open.at(-1)
      if (parent === undefined) root = element
      else parent.children.push(element)
      open.push(element)
      if (open.length > limits.depth) throw tooMuch('depth')
      if (++elements > limits.elements) throw tooMuch('elements')
      if (open.length === 2 && ++children > limits.children) throw tooMuch('children')
    },
    close: () => {
      flush()
      open.pop()
    },
    text: (piece) => {
      text += piece
    },
  })
  if (root === undefined) throw new XmlError('not-well-formed', 'no element')
  return root
}
