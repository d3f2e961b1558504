import { prepareDomain } from './domain.ts'
import { JidError } from './error.ts'
import { isPlain } from './plain.ts'
import { prepareLocal, prepareResource } from './precis.ts'

declare const kind: unique symbol

/** `local@domain`, canonical. */
export type BareJid = string & { readonly [kind]: { readonly bare: true } }
/** `local@domain/resource` or `domain/resource`, canonical. */
export type FullJid = string & { readonly [kind]: { readonly full: true } }
/** `domain`, canonical. */
export type DomainJid = string & { readonly [kind]: { readonly domain: true } }
/** An address in canonical form: two are the same entity if and only if they are the same string. */
export type Jid = BareJid | FullJid | DomainJid

/** The one door to the branded types, for strings whose parts are all prepared. */
function canonical(text: string): BareJid & FullJid & DomainJid {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a brand has no value to narrow by
  return text as BareJid & FullJid & DomainJid
}

/** Whether an address has a localpart and no resourcepart. */
export function isBare(jid: Jid): jid is BareJid {
  return !jid.includes('/') && jid.includes('@')
}

/** Whether an address has a resourcepart. */
export function isFull(jid: Jid): jid is FullJid {
  return jid.includes('/')
}

/** Whether an address is a domainpart alone. */
export function isDomain(jid: Jid): jid is DomainJid {
  return !jid.includes('/') && !jid.includes('@')
}

/** An address without its resourcepart. */
export function bareOf(jid: Jid): BareJid | DomainJid {
  const slash = jid.indexOf('/')
  // A canonical address cut at the first slash is canonical: no other part can hold one.
  return canonical(slash === -1 ? jid : jid.slice(0, slash))
}

/** The localpart, if there is one. */
export function localOf(jid: Jid): string | undefined {
  const bare = bareOf(jid)
  const at = bare.indexOf('@')
  return at === -1 ? undefined : bare.slice(0, at)
}

/** The domainpart. */
export function domainOf(jid: Jid): DomainJid {
  const bare = bareOf(jid)
  // Neither localpart nor domainpart can hold a commercial at, so what follows it is a canonical domainpart.
  return canonical(bare.slice(bare.indexOf('@') + 1))
}

/** The resourcepart, if there is one. */
export function resourceOf(jid: Jid): string | undefined {
  const slash = jid.indexOf('/')
  return slash === -1 ? undefined : jid.slice(slash + 1)
}

/** Reads an address and brings it into canonical form (RFC 7622). Throws JidError. */
export function parseJid(text: string): Jid {
  if (isPlain(text)) return canonical(text)
  // RFC 7622 §3.1 and §3.2: separators are found before any mapping, first the slash, then the commercial at.
  const slash = text.indexOf('/')
  const head = slash === -1 ? text : text.slice(0, slash)
  const at = head.indexOf('@')
  const local = at === -1 ? '' : `${prepareLocal(head.slice(0, at))}@`
  const domain = prepareDomain(head.slice(at + 1))
  const resource = slash === -1 ? '' : `/${prepareResource(text.slice(slash + 1))}`
  return canonical(local + domain + resource)
}

/** As `parseJid`, for `local@domain` alone. Throws JidError. */
export function parseBareJid(text: string): BareJid {
  const jid = parseJid(text)
  if (!isBare(jid)) throw new JidError('jid', 'kind')
  return jid
}

/** As `parseJid`, for addresses with a resourcepart alone. Throws JidError. */
export function parseFullJid(text: string): FullJid {
  const jid = parseJid(text)
  if (!isFull(jid)) throw new JidError('jid', 'kind')
  return jid
}

/** As `parseJid`, for a mere domainpart. Throws JidError. */
export function parseDomain(text: string): DomainJid {
  const jid = parseJid(text)
  if (!isDomain(jid)) throw new JidError('jid', 'kind')
  return jid
}

/** The address of one resource; prepares the resourcepart. Throws JidError. */
export function withResource(bare: BareJid | DomainJid, resource: string): FullJid {
  return canonical(`${bare}/${prepareResource(resource)}`)
}

/** The address of an account out of its parts; prepares both. Throws JidError. */
export function makeBare(local: string, domain: string): BareJid {
  return canonical(`${prepareLocal(local)}@${parseDomain(domain)}`)
}
