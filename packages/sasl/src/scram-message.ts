import { decodeBase64 } from './encoding.ts'

/** A client-first-message (RFC 5802 §7), taken apart. */
export interface ClientFirst {
  /** 'n', 'y' or 'p'. */
  readonly flag: 'n' | 'y' | 'p'
  /** The channel binding type of flag 'p'. */
  readonly bindingType: string | undefined
  /** gs2-header as sent: what `c=` must repeat. */
  readonly header: string
  readonly authzid: string | undefined
  readonly username: string
  readonly nonce: string
  /** client-first-message-bare: what goes into the signature. */
  readonly bare: string
}

/** A client-final-message (RFC 5802 §7), taken apart. */
export interface ClientFinal {
  readonly binding: Uint8Array
  readonly nonce: string
  readonly proof: Uint8Array
  readonly withoutProof: string
}

/** A server-first-message (RFC 5802 §7), taken apart. */
export interface ServerFirst {
  readonly nonce: string
  readonly salt: Uint8Array
  readonly iterations: number
  /** XEP-0474: hash of what the server says it offered. */
  readonly offer: string | undefined
}

const GS2 = /^(?:([ny])|p=([A-Za-z0-9.-]+)),(?:a=([^,]*))?,/
const PRINTABLE = /^[\x21-\x2b\x2d-\x7e]{1,1024}$/
// RFC 5802 §7: an extension is an attribute it does not define; §5.1 refuses `m` wherever it stands.
const DEFINED = new Set(['a', 'n', 'm', 'r', 'c', 's', 'i', 'p', 'v', 'e'])

/** The parts of a client-first-message; undefined where it breaks the grammar. */
export function parseClientFirst(text: string): ClientFirst | undefined {
  const gs2 = GS2.exec(text)
  if (gs2 === null || text.includes('\0')) return undefined
  const [header, plain, bindingType, quotedAuthzid] = gs2
  const bare = text.slice(header.length)
  const [user, nonce, ...extensions] = bare.split(',')
  const username = unquote(valueOf('n', user))
  const clientNonce = valueOf('r', nonce)
  const authzid = quotedAuthzid === undefined ? undefined : unquote(quotedAuthzid)
  if (username === undefined || clientNonce === undefined || !PRINTABLE.test(clientNonce)) return undefined
  if (quotedAuthzid !== undefined && authzid === undefined) return undefined
  if (!extensions.every(isExtension)) return undefined
  const flag = plain === 'n' || plain === 'y' ? plain : 'p'
  return { flag, bindingType, header, authzid, username, nonce: clientNonce, bare }
}

/** The parts of a client-final-message; undefined where it breaks the grammar. */
export function parseClientFinal(text: string): ClientFinal | undefined {
  const end = text.lastIndexOf(',')
  if (end < 0 || text.includes('\0')) return undefined
  const withoutProof = text.slice(0, end)
  const [channel, nonce, ...extensions] = withoutProof.split(',')
  const binding = base64Of(valueOf('c', channel))
  const serverNonce = valueOf('r', nonce)
  const proof = base64Of(valueOf('p', text.slice(end + 1)))
  if (binding === undefined || serverNonce === undefined || proof === undefined) return undefined
  if (!extensions.every(isExtension)) return undefined
  return { binding, nonce: serverNonce, proof, withoutProof }
}

/** The parts of a server-first-message; undefined where it breaks the grammar. */
export function parseServerFirst(text: string): ServerFirst | undefined {
  const [first, second, third, ...extensions] = text.split(',')
  const nonce = valueOf('r', first)
  const salt = base64Of(valueOf('s', second))
  const count = valueOf('i', third)
  if (nonce === undefined || !PRINTABLE.test(nonce) || salt === undefined) return undefined
  if (count === undefined || !/^[1-9][0-9]{0,8}$/.test(count) || !extensions.every(isExtension)) return undefined
  const offer = extensions.find((attribute) => attribute.startsWith('h='))?.slice(2)
  return { nonce, salt, iterations: Number(count), offer }
}

/** saslname of RFC 5802 §5.1: ',' as '=2C' and '=' as '=3D'. */
export function quote(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C')
}

function unquote(quoted: string | undefined): string | undefined {
  // RFC 5802 §5.1: '=' followed by anything but '2C' or '3D' MUST fail.
  if (quoted === undefined || quoted === '' || /=(?!2C|3D)/.test(quoted)) return undefined
  return quoted.replaceAll('=2C', ',').replaceAll('=3D', '=')
}

function valueOf(name: string, attribute: string | undefined): string | undefined {
  return attribute?.startsWith(`${name}=`) ? attribute.slice(2) : undefined
}

function base64Of(text: string | undefined): Uint8Array | undefined {
  const bytes = text === undefined ? undefined : decodeBase64(text)
  return bytes?.length === 0 ? undefined : bytes
}

function isExtension(attribute: string): boolean {
  return /^[A-Za-z]=./su.test(attribute) && !DEFINED.has(attribute.charAt(0))
}
