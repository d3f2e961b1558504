import { detached } from './bytes.ts'
import { type Attrs, detachedAttrs, setAttr } from './element.ts'
import { type Limits, XmlError } from './errors.ts'
import { attrsOf, read, type Scope } from './reader.ts'

/** The opening tag of a stream's root. */
export interface StreamHeader {
  readonly name: string
  readonly ns: string
  /** Prefix of the root itself, empty if none. */
  readonly prefix: string
  readonly attrs: Attrs
  /** Prefixes declared, without the default namespace and `xml`. */
  readonly prefixes: Readonly<Record<string, string>>
  /** Default namespace of the children, empty if none is declared. */
  readonly defaultNs: string
}

const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:'1\.0'|"1\.0")(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?<encoding>'[A-Za-z][\w.-]*'|"[A-Za-z][\w.-]*"))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:'(?:yes|no)'|"(?:yes|no)"))?[ \t\r\n]*\?>$/

/** Checks an XML declaration (XML 1.0 §2.8). Throws XmlError. */
export function checkDeclaration(text: string): void {
  const match = DECLARATION.exec(text)
  // RFC 6120 §11.8: no version but 1.0.
  if (match === null) throw new XmlError('not-well-formed', 'malformed XML declaration, or not of version 1.0')
  const encoding = match.groups?.['encoding']
  // RFC 6120 §11.6; names of encodings have no case (XML 1.0 §4.3.3).
  if (encoding !== undefined && encoding.slice(1, -1).toLowerCase() !== 'utf-8') {
    throw new XmlError('unsupported-encoding', encoding)
  }
}

/** Parses the opening tag of the root, `/>` or not at its end. Throws XmlError. */
export function readHeader(text: string, limits: Limits): StreamHeader {
  let header: StreamHeader | undefined
  const document = text.endsWith('/>') ? text : `${text}</${rootName(text)}>`
  read(document, () => undefined, {
    limits,
    open: (tag, attributes) => {
      const prefixes: Record<string, string> = {}
      for (const [prefix, uri] of Object.entries(tag.ns)) {
        if (prefix !== '' && prefix !== 'xml') setAttr(prefixes, detached(prefix), detached(uri))
      }
      const { local, prefix, uri, ns } = tag
      header = {
        name: local,
        ns: uri,
        prefix,
        attrs: detachedAttrs(attrsOf(attributes)),
        prefixes,
        defaultNs: detached(ns[''] ?? ''),
      }
    },
    close: () => undefined,
  })
  if (header === undefined) throw new XmlError('not-well-formed', 'no element')
  return header
}

/** The qualified name as written in an opening tag. */
export function rootName(text: string): string {
  return detached(/^<([^ \t\r\n/>]+)/.exec(text)?.[1] ?? '')
}

/** What is bound for the children of the root. */
export function scopeOf(header: StreamHeader): Scope {
  const { defaultNs, prefixes } = header
  return (prefix) => (prefix === '' ? defaultNs : Object.hasOwn(prefixes, prefix) ? prefixes[prefix] : undefined)
}
