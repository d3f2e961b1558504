import { isIPv4, isIPv6 } from 'node:net'
import { JidError } from './error.ts'

const NUMBERS = /^(?:[0-9]+|0x[0-9a-f]*)(?:\.(?:[0-9]+|0x[0-9a-f]*)){0,3}$/u
// RFC 6874 §2: IPv6addrz and its ZoneID.
const IPV6 = /^\[([0-9a-f:.]+)(%25(?:[a-z0-9._~-]|%[0-9a-f]{2})+)?\]$/iu

/**
 * Whether a domainpart consists of one to four numbers. Resolvers read them as an IPv4 address in any of its old spellings,
 * and no host name has that form (RFC 1123 §2.1).
 */
export function isNumeric(text: string): boolean {
  return NUMBERS.test(text)
}

/** An IPv4 address, which has but one spelling (RFC 3986 §3.2.2). Throws JidError. */
export function prepareIPv4(text: string): string {
  if (!isIPv4(text)) throw new JidError('domainpart', 'ip-literal')
  return text
}

/**
 * An IPv6 address in square brackets, lower case and compressed as by RFC 5952 §4, with its zone identifier if it has one
 * (RFC 6874). Throws JidError, also for the IPvFuture form: RFC 7622 §3.2 names no such address.
 */
export function prepareIPv6(text: string): string {
  const [, address = '', zone = ''] = IPV6.exec(text) ?? []
  if (!isIPv6(address)) throw new JidError('domainpart', 'ip-literal')
  const canonical = new URL(`http://[${address}]/`).hostname
  return `${canonical.slice(0, -1)}${zone.toLowerCase()}]`
}
