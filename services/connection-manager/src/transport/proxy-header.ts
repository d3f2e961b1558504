import { SocketAddress } from 'node:net'

/** What stands before a stream: how long it is, and where the client comes from if it says so. */
export interface ProxyHeader {
  readonly bytes: number
  /** Undefined where the one who connected speaks for himself, or cannot tell. */
  readonly address: string | undefined
}

/** What was read is no header of the PROXY protocol, version 2. */
export class ProxyHeaderFault extends Error {
  override readonly name = 'ProxyHeaderFault'
}

/**
 * Longest header that is taken, in bytes. Its length field could ask for 64 KiB from who has not said a word; what
 * terminators send is an address and what is known of TLS, at most with the client's certificate.
 */
export const MOST_BYTES = 4_096

/** Bytes before the addresses. */
const FIXED = 16
const SIGNATURE: readonly number[] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
const VERSION = 2
const LOCAL = 0
const PROXY = 1

interface Family {
  /** Bytes of both addresses and both ports. */
  readonly bytes: number
  readonly source: (addresses: Buffer) => string
}

const IPV4: Family = { bytes: 12, source: (addresses) => addresses.subarray(0, 4).join('.') }
const IPV6: Family = {
  bytes: 36,
  source: (addresses) => {
    const groups = Array.from({ length: 8 }, (_, i) => addresses.readUInt16BE(2 * i).toString(16))
    // As the platform writes the address of a socket: one client has one address, whichever way it comes.
    return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address
  },
}

const TCP_IPV4 = 0x11
const TCP_IPV6 = 0x21
const FAMILIES: Readonly<Record<number, Family>> = { [TCP_IPV4]: IPV4, [TCP_IPV6]: IPV6 }
/** Highest numbers that are assigned: UNIX sockets, datagrams. */
const LAST_FAMILY = 3
const LAST_TRANSPORT = 2

/**
 * Reads the header at the start of a connection; undefined while it is not whole. PROXY protocol §2.2.
 * @throws ProxyHeaderFault as soon as it can be none
 */
export function readProxyHeader(chunk: Uint8Array): ProxyHeader | undefined {
  const read = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  if (SIGNATURE.some((byte, i) => i < read.length && read[i] !== byte)) throw new ProxyHeaderFault('no signature')
  const command = commandOf(read)
  if (read.length < FIXED) return undefined
  const bytes = FIXED + read.readUInt16BE(14)
  const family = command === LOCAL ? undefined : familyOf(read.readUInt8(13))
  if (bytes > MOST_BYTES) throw new ProxyHeaderFault(`${bytes} bytes`)
  if (family !== undefined && bytes < FIXED + family.bytes) throw new ProxyHeaderFault('no room for its addresses')
  // What follows the addresses is passed over: nothing here depends on it.
  return read.length < bytes ? undefined : { bytes, address: family?.source(read.subarray(FIXED)) }
}

function commandOf(read: Buffer): number | undefined {
  const byte = read[12]
  if (byte === undefined) return undefined
  if (byte >> 4 !== VERSION) throw new ProxyHeaderFault(`version ${byte >> 4}`)
  const command = byte & 0x0f
  if (command !== LOCAL && command !== PROXY) throw new ProxyHeaderFault(`command ${command}`)
  return command
}

/** Undefined for what has no address of the internet: the terminator's own is used, as the protocol asks for. */
function familyOf(byte: number): Family | undefined {
  if (byte >> 4 > LAST_FAMILY || (byte & 0x0f) > LAST_TRANSPORT) throw new ProxyHeaderFault(`family ${byte}`)
  return FAMILIES[byte]
}
