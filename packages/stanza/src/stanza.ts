import type { Jid } from '@jabiru/jid'
import { type Element, el, escapeAttr, isElement, parseFragment, serializeNodes } from '@jabiru/xml'
import { NS } from './namespaces.ts'

export type StanzaName = 'message' | 'presence' | 'iq'

/** A stanza as a value: its opening tag parsed, its content as text until somebody asks for it. */
export interface Stanza {
  readonly name: StanzaName
  readonly type?: string
  readonly id?: string
  readonly from?: Jid
  readonly to?: Jid
  readonly lang?: string
  /** Clark names `{ns}local` of the direct children, in order. */
  readonly payloads: readonly string[]
  /** The content's XML, written for a default namespace of `jabber:client`. */
  readonly inner: string
}

/** The opening tag of a stanza; what is undefined is not written. */
export interface StanzaHead {
  readonly name: StanzaName
  readonly type?: string | undefined
  readonly id?: string | undefined
  readonly from?: Jid | undefined
  readonly to?: Jid | undefined
  readonly lang?: string | undefined
}

/** A stanza's name in Clark notation, the form of `Stanza.payloads`. */
export function clark(name: string, ns: string): string {
  return `{${ns}}${name}`
}

const NO_PAYLOADS: readonly Element[] = []
const parsed = new WeakMap<Stanza, readonly Element[]>()

type Draft = { -readonly [K in keyof Stanza]: Stanza[K] }

/** A stanza of a head and content that is already XML for the default namespace `jabber:client`. */
export function stanzaOf(head: StanzaHead, payloads: readonly string[], inner: string): Stanza {
  const draft: Draft = { name: head.name, payloads, inner }
  if (head.type !== undefined) draft.type = head.type
  if (head.id !== undefined) draft.id = head.id
  if (head.from !== undefined) draft.from = head.from
  if (head.to !== undefined) draft.to = head.to
  if (head.lang !== undefined) draft.lang = head.lang
  return draft
}

/**
 * A stanza of a head and its payloads. Children of the stanza's own namespace are given in `jabber:client`. Only their text is
 * kept: most that are made are written and then wait for an acknowledgement, and hardly anybody looks into them.
 */
export function stanza(head: StanzaHead, ...children: readonly Element[]): Stanza {
  const names = children.map((c) => clark(c.name, c.ns))
  return stanzaOf(head, names, serializeNodes(children, NS.client))
}

/** The same stanza with parts of its opening tag replaced; `undefined` removes one. Payloads already parsed stay parsed. */
export function withHead(s: Stanza, head: Partial<StanzaHead>): Stanza {
  const changed = stanzaOf({ ...s, ...head }, s.payloads, s.inner)
  const known = parsed.get(s)
  if (known !== undefined) parsed.set(changed, known)
  return changed
}

/** The same stanza with other content. */
export function withPayloads(s: Stanza, ...children: readonly Element[]): Stanza {
  return stanza(s, ...children)
}

/** The direct children, parsed on the first call. Throws XmlError when `inner` is not what `fromTop` or `stanza` wrote. */
export function payloadsOf(s: Stanza): readonly Element[] {
  if (s.payloads.length === 0) return NO_PAYLOADS
  const known = parsed.get(s)
  if (known !== undefined) return known
  const elements = parseFragment(s.inner, NS.client).filter(isElement)
  parsed.set(s, elements)
  return elements
}

/** RFC 6120 §8.2.3: what ends a request. */
export const isAnswer = ({ name, type }: Pick<Stanza, 'name' | 'type'>): boolean =>
  name === 'iq' && (type === 'result' || type === 'error')

/** Whether a direct child of that name exists; nothing is parsed. */
export function hasPayload(s: Stanza, name: string, ns: string): boolean {
  return s.payloads.some((one) => one.length === ns.length + name.length + 2 && isOf(one, ns) && one.endsWith(name))
}

/** Whether a direct child of that namespace exists; nothing is parsed. */
export function hasNamespace(s: Stanza, ns: string): boolean {
  return s.payloads.some((one) => isOf(one, ns))
}

/** Asked many times of each message: nothing is put together for it. */
const isOf = (payloadName: string, ns: string) => payloadName[ns.length + 1] === '}' && payloadName.startsWith(ns, 1)

/** The first direct child of that name; parsed only when there is one. */
export function payload(s: Stanza, name: string, ns: string): Element | undefined {
  if (!hasPayload(s, name, ns)) return undefined
  return payloadsOf(s).find((e) => e.name === name && e.ns === ns)
}

function attribute(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}='${escapeAttr(value)}'`
}

/**
 * The stanza's XML. `ns` is written only when given: inside a stream the stream's content namespace is inherited, and
 * the same content serves `jabber:client` and `jabber:server` (RFC 6120 §4.8.3).
 */
export function renderStanza(s: Stanza, ns?: string): string {
  const head =
    attribute('xmlns', ns) +
    attribute('from', s.from) +
    attribute('to', s.to) +
    attribute('id', s.id) +
    attribute('type', s.type) +
    attribute('xml:lang', s.lang)
  return s.inner === '' ? `<${s.name}${head}/>` : `<${s.name}${head}>${s.inner}</${s.name}>`
}

/** The stanza as an element in `jabber:client`, without text between its payloads. */
export function elementOf(s: Stanza): Element {
  const { from, to, id, type, lang } = s
  return el(s.name, NS.client, { from, to, id, type, 'xml:lang': lang }, ...payloadsOf(s))
}

/** The five message types of RFC 6121 §5.2.2. */
export const MESSAGE_TYPES = ['chat', 'error', 'groupchat', 'headline', 'normal'] as const
export type MessageType = (typeof MESSAGE_TYPES)[number]

/** RFC 6121 §5.2.2: no type, and a type that is not understood, is `normal`. */
export function messageType(type: string | undefined): MessageType {
  return MESSAGE_TYPES.find((known) => known === type) ?? 'normal'
}
