import { createHash } from 'node:crypto'
import { payload, type Stanza } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'
import type { DiscoInfo } from './disco.ts'
import { type Form, formTypeOf } from './forms/form.ts'

export const NS_CAPS = 'http://jabber.org/protocol/caps'

/** XEP-0115 §4: what a client can do, as a hash of what it answers to disco#info. */
export interface Caps {
  readonly node: string
  readonly ver: string
  readonly hash: string
}

/** The hashes of XEP-0115 §8.1 that are understood, by their name in the `hash` attribute. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  'sha-1': 'sha1',
  'sha-256': 'sha256',
  'sha-512': 'sha512',
}

/** The caps of a presence; undefined without, and for the legacy format of §13, which proves nothing. */
export function capsOf(presence: Stanza): Caps | undefined {
  const c = payload(presence, 'c', NS_CAPS)
  if (c === undefined) return undefined
  const { node, ver, hash } = c.attrs
  return node === undefined || ver === undefined || hash === undefined ? undefined : { node, ver, hash }
}

export function renderCaps({ node, ver, hash }: Caps): Element {
  return el('c', NS_CAPS, { hash, node, ver })
}

/** The node of the disco#info request that asks for what the caps stand for. XEP-0115 §6.2. */
export function capsNode(caps: Caps): string {
  return `${caps.node}#${caps.ver}`
}

/** XEP-0115 §5.1. Undefined for a hash that is not understood. */
export function verificationString(info: DiscoInfo, hash = 'sha-1'): string | undefined {
  const algorithm = Object.hasOwn(ALGORITHMS, hash) ? ALGORITHMS[hash] : undefined
  if (algorithm === undefined) return undefined
  const parts = [
    ...sorted(info.identities.map((i) => `${i.category}/${i.type}/${i.lang ?? ''}/${i.name ?? ''}`)),
    ...sorted(info.features),
    ...extensionsOf(info).flatMap(({ type, form }) => [type, ...fieldParts(form)]),
  ]
  return createHash(algorithm)
    .update(parts.map((part) => `${part}<`).join(''))
    .digest('base64')
}

interface Extension {
  readonly type: string
  readonly form: Form
}

/** XEP-0115 §5.4 rule 3.6: a form without a hidden FORM_TYPE does not count. */
function extensionsOf(info: DiscoInfo): readonly Extension[] {
  const found = info.forms.flatMap((form): Extension[] => {
    const type = formTypeOf(form)
    return type === undefined ? [] : [{ type, form }]
  })
  return found.sort((a, b) => octetOrder(a.type, b.type))
}

function fieldParts(form: Form): readonly string[] {
  const fields = form.fields.filter((f) => f.var !== 'FORM_TYPE')
  return fields.sort((a, b) => octetOrder(a.var ?? '', b.var ?? '')).flatMap((f) => [f.var ?? '', ...sorted(f.values)])
}

/** "i;octet" of RFC 4790 §9.3: by the bytes of UTF-8, which differs from JavaScript's order beyond the BMP. */
function octetOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort(octetOrder)
}

/** What an answer to disco#info proves of the caps that led to it. */
export type CapsVerdict = 'valid' | 'mismatch' | 'ill-formed' | 'unknown-hash'

/** XEP-0115 §5.4: only what is `valid` may be remembered for everybody who sends the same caps. */
export function verifyCaps(caps: Caps, info: DiscoInfo): CapsVerdict {
  const ver = verificationString(info, caps.hash)
  if (ver === undefined) return 'unknown-hash'
  if (isIllFormed(info)) return 'ill-formed'
  return ver === caps.ver ? 'valid' : 'mismatch'
}

/** XEP-0115 §5.4 rules 3.3 to 3.5. */
function isIllFormed(info: DiscoInfo): boolean {
  const identities = info.identities.map((i) => `${i.category}/${i.type}/${i.lang ?? ''}/${i.name ?? ''}`)
  const types = extensionsOf(info).map((e) => e.type)
  const ambiguous = info.forms.some(
    (form) => new Set(form.fields.filter((f) => f.var === 'FORM_TYPE').flatMap((f) => f.values)).size > 1,
  )
  return ambiguous || [identities, info.features, types].some((list) => new Set(list).size < list.length)
}
