import { BlockList, isIPv6, type Socket } from 'node:net'
import type { Clock } from '@jabiru/cluster'
import { type ProxyHeader, ProxyHeaderFault, readProxyHeader } from './proxy-header.ts'
import { unheard } from './transport.ts'

/** A terminator writes its header with the first packet; what is lost on the way comes again within 3 seconds. */
const HEADER_MS = 5_000

interface ProxiedDeps {
  /** Addresses and networks whose word is taken. */
  readonly from: readonly string[]
  readonly clock: Clock
  /** The header of a connection is read; `address` is the client's. What follows the header is still to be read from `socket`. */
  readonly enter: (socket: Socket, address: string) => void
  /** A connection was closed, and why. `address` is that of its other end. */
  readonly onRefused: (address: string, reason: string) => void
}

/** Connections of those who say for whom they come. */
export interface Proxied {
  /** Takes a connection that is not read so far. */
  readonly take: (socket: Socket) => void
  /** Drops those of which no header has come. */
  readonly drop: () => void
}

/** Whether an address is one of a list of addresses and networks. */
export function listed(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    if (bits === undefined) list.addAddress(address, kindOf(address))
    else list.addSubnet(address, Number(bits), kindOf(address))
  }
  return (address) => {
    const [plain = ''] = address.split('%')
    return list.check(plain, kindOf(plain))
  }
}

function headerIn(read: Uint8Array): ProxyHeader | ProxyHeaderFault | undefined {
  try {
    return readProxyHeader(read)
  } catch (fault) {
    if (fault instanceof ProxyHeaderFault) return fault
    throw fault
  }
}

const kindOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4')

export function createProxied({ from, clock, enter, onRefused }: ProxiedDeps): Proxied {
  const isTerminator = listed(from)
  const waiting = new Set<Socket>()

  const take = (socket: Socket) => {
    const { remoteAddress } = socket
    if (remoteAddress === undefined) return void socket.destroy() // it has gone already
    socket.on('error', unheard)
    const refuse = (reason: string) => {
      socket.destroy()
      onRefused(remoteAddress, reason)
    }
    if (!isTerminator(remoteAddress)) return refuse('its address is not in c2s.proxied_from')

    let read = Buffer.alloc(0)
    const settle = () => {
      waiting.delete(socket)
      deadline.cancel()
      socket.off('data', onData)
      socket.off('close', onClose)
    }
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk])
      const header = headerIn(read)
      if (header === undefined) return
      settle()
      if (header instanceof ProxyHeaderFault)
        return refuse(`no header of the PROXY protocol, version 2: ${header.message}`)
      socket.pause()
      if (read.length > header.bytes) socket.unshift(read.subarray(header.bytes))
      enter(socket, header.address ?? remoteAddress)
    }
    const onClose = () => {
      settle()
      // Who only looks whether the port is open says nothing.
      if (read.length > 0) onRefused(remoteAddress, 'it ended within its header')
    }
    const deadline = clock.setTimer(HEADER_MS, () => {
      settle()
      refuse('no header came in time')
    })
    waiting.add(socket)
    socket.on('data', onData)
    socket.once('close', onClose)
    socket.resume()
  }

  return {
    take,
    drop: () => {
      for (const socket of waiting) socket.destroy()
    },
  }
}
