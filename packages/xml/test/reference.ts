import { SaxesParser, type SaxesTagNS } from 'saxes'
import type { Element, Node } from '../src/index.ts'

/** What saxes alone makes of a whole stream. */
export interface Reference {
  /** The root's expanded name, then the top-level elements as trees, then 'close' if the root is closed. */
  readonly events: readonly (string | Element)[]
  /** Why it is refused. */
  readonly refused: string | undefined
}

/**
 * Reads a whole stream with one parser from the first character to the last: no framing, no fragments. To saxes are
 * added only the rules that a stream has beyond XML, and those that saxes is known not to check.
 */
export function reference(bytes: Uint8Array): Reference {
  const events: (string | Element)[] = []
  try {
    const parser = new SaxesParser({ xmlns: true, position: false })
    const root = listen(parser, events)
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    // One byte at a time, to stop at the end of the root: what follows it is no longer part of the stream.
    for (const byte of bytes) {
      parser.write(decoder.decode(Uint8Array.of(byte), { stream: true }))
      if (root.closed) return { events: [...events, 'close'], refused: undefined }
    }
    decoder.decode()
    // The peer may stop between two elements; within one, this is not the end tag that is due.
    parser.write(`</${root.name}>`)
    return { events, refused: root.closed ? undefined : 'unfinished' }
  } catch (error) {
    return { events, refused: error instanceof Error ? error.message : String(error) }
  }
}

interface Root {
  name: string
  closed: boolean
}

function listen(parser: SaxesParser<{ xmlns: true; position: false }>, events: (string | Element)[]): Root {
  const open: { element: Element; nodes: Node[] }[] = []
  const root: Root = { name: '', closed: false }
  const addText = (text: string): void => {
    const nodes = open.at(-1)?.nodes
    if (nodes === undefined) return
    const last = nodes.at(-1)
    if (typeof last === 'string') nodes[nodes.length - 1] = last + text
    else if (text !== '') nodes.push(text)
  }
  parser.on('opentag', (tag) => {
    const nodes: Node[] = []
    const element: Element = { name: tag.local, ns: tag.uri, attrs: attrs(tag), children: nodes }
    if (open.length === 0) {
      root.name = tag.name
      events.push(`{${tag.uri}}${tag.local}`)
    } else if (open.length > 1) open.at(-1)?.nodes.push(element)
    open.push({ element, nodes })
  })
  parser.on('closetag', () => {
    const closed = open.pop()
    if (open.length === 1 && closed !== undefined) events.push(closed.element)
    root.closed = open.length === 0
  })
  parser.on('text', (text) => {
    if (open.length === 1 && /[^ \t\r\n]/.test(text)) throw new Error('text between elements')
    if (open.length > 1) addText(text)
  })
  parser.on('cdata', (text) => {
    if (open.length < 2) throw new Error('text between elements')
    addText(text)
  })
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0' || (encoding ?? 'utf-8').toLowerCase() !== 'utf-8') throw new Error('declaration')
  })
  for (const kind of ['comment', 'processinginstruction', 'doctype'] as const) {
    parser.on(kind, () => {
      throw new Error(kind)
    })
  }
  return root
}

function attrs(tag: SaxesTagNS): Record<string, string> {
  checkLocal(tag)
  const entries: [string, string][] = []
  for (const { name, prefix, local, uri, value } of Object.values(tag.attributes)) {
    checkLocal({ prefix, local })
    if (prefix !== 'xmlns' && name !== 'xmlns') {
      entries.push([prefix === '' || prefix === 'xml' ? name : `{${uri}}${local}`, value])
    } else if (/[\s{}<>"\u007F]/.test(value)) throw new Error('no namespace name')
  }
  return Object.fromEntries(entries)
}

/** saxes checks the whole of a qualified name as one name; the local part has to be one too. */
function checkLocal({ prefix, local }: { prefix: string; local: string }): void {
  if (prefix !== '') new SaxesParser({ position: false }).write(`<${local}/>`).close()
}
