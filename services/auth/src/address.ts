import { isIP, SocketAddress } from 'node:net'

/**
 * What one peer is, for counting: an IPv4 address, or the /64 of an IPv6 one, since whoever has one address of a /64
 * has them all. An IPv4 address mapped into IPv6 is that IPv4 address. A text that is no address counts as itself.
 */
export function peerOf(address: string): string {
  const bare = address.split('%', 1)[0] ?? address
  if (isIP(bare) !== 6) return bare
  // SocketAddress writes every spelling of an address in one way, with at most one '::'.
  const canonical = new SocketAddress({ address: bare, family: 'ipv6' }).address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(canonical)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}
