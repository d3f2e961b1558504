/** Conditions of RFC 6120 §4.9.3 that reading XML can lead to. */
export type XmlCondition =
  | 'bad-format'
  | 'not-well-formed'
  | 'policy-violation'
  | 'restricted-xml'
  | 'unsupported-encoding'

/** What was read is refused. `limit` names the exceeded limit when the condition is policy-violation. */
export class XmlError extends Error {
  override readonly name = 'XmlError'
  readonly condition: XmlCondition
  readonly limit: keyof Limits | undefined

  constructor(condition: XmlCondition, text: string, limit?: keyof Limits) {
    super(text)
    this.condition = condition
    this.limit = limit
  }
}

/** The error for an exceeded limit. */
export function tooMuch(limit: keyof Limits): XmlError {
  return new XmlError('policy-violation', `limit exceeded: ${limit}`, limit)
}

/** Our own code tried to build an element that XML cannot carry: a wrong name, namespace or character. */
export class XmlValueError extends Error {
  override readonly name = 'XmlValueError'
}

/** The most of each thing that is accepted. Sizes are in UTF-8 bytes as received, before references are resolved. */
export interface Limits {
  /** Bytes of one top-level element, of the opening tag of the stream, and of the XML declaration. */
  readonly bytes: number
  /** Depth of elements; a top-level element has depth 1. */
  readonly depth: number
  /** Attributes of one element, namespace declarations included. */
  readonly attributes: number
  /** Direct child elements of one top-level element. */
  readonly children: number
  /** Elements within one top-level element, itself included. */
  readonly elements: number
  /** Bytes of a qualified element or attribute name. */
  readonly nameBytes: number
  /** Bytes of an attribute value. */
  readonly attributeBytes: number
  /** Bytes of a namespace name: a prefix makes a long one cheap to send and dear to hold. */
  readonly namespaceBytes: number
}

/** Before the peer is authenticated: enough for stream setup and SASL, and no more. */
export const PRE_AUTH_LIMITS: Limits = {
  bytes: 10_000,
  depth: 10,
  attributes: 20,
  children: 50,
  elements: 100,
  nameBytes: 128,
  attributeBytes: 4096,
  namespaceBytes: 256,
}

/** For authenticated peers. */
export const DEFAULT_LIMITS: Limits = {
  bytes: 262_144,
  depth: 64,
  attributes: 64,
  children: 1024,
  elements: 8192,
  nameBytes: 256,
  attributeBytes: 16_384,
  namespaceBytes: 512,
}

/** For what was held to limits before. */
export const UNLIMITED: Limits = {
  bytes: Infinity,
  depth: Infinity,
  attributes: Infinity,
  children: Infinity,
  elements: Infinity,
  nameBytes: Infinity,
  attributeBytes: Infinity,
  namespaceBytes: Infinity,
}
