import { isIPv6 } from 'node:net'

export const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')

/** A header of the PROXY protocol, version 2, with what a test wants in it. */
export function headerWith(versionCommand: number, family: number, body: Uint8Array, length = body.length): Buffer {
  return Buffer.concat([SIGNATURE, Buffer.from([versionCommand, family, length >> 8, length & 0xff]), body])
}

/** Addresses of a TCP connection, both ends the same, from port 50000 to 5223. */
export function endsOf(address: string): Buffer {
  const bytes = isIPv6(address) ? groupsOf(address) : Buffer.from(address.split('.').map(Number))
  const ports = Buffer.alloc(4)
  ports.writeUInt16BE(50_000, 0)
  ports.writeUInt16BE(5223, 2)
  return Buffer.concat([bytes, bytes, ports])
}

function groupsOf(address: string): Buffer {
  const [left = '', right = ''] = address.split('::')
  const [head, tail] = [left, right].map((part) => (part === '' ? [] : part.split(':')))
  const zeros = Array.from({ length: 8 - (head?.length ?? 0) - (tail?.length ?? 0) }, () => '0')
  const groups = [...(head ?? []), ...zeros, ...(tail ?? [])]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

/** What a terminator says of a client that comes from an address. */
export const headerFrom = (address: string, extra: Uint8Array = Buffer.alloc(0)): Buffer =>
  headerWith(0x21, isIPv6(address) ? 0x21 : 0x11, Buffer.concat([endsOf(address), extra]))

/** What it says where it has come on its own account. */
export const LOCAL_HEADER = headerWith(0x20, 0, Buffer.alloc(0))
