import type { Server } from 'node:net'
import { PortInUse } from './fault.ts'

/** Where to listen. */
export interface ListenAddress {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** The key that sets the port, for the message: `c2s.port`. */
  readonly setting: string
}

/** Connections that wait to be accepted: who finds no place tries again after seconds, and then after twice as many. */
const BACKLOG = 4_096

/**
 * Listens and says on which port.
 * @throws PortInUse when the port is taken or needs rights we do not have
 */
export async function listen(server: Server, { host, port, setting }: ListenAddress): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host, port, backlog: BACKLOG }, resolve)
  try {
    await promise
  } catch (error) {
    throw portFault(error, { host, port, setting })
  } finally {
    server.off('error', reject)
  }
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a server on TCP has an address')
  return address.port
}

function portFault(error: unknown, { host, port, setting }: ListenAddress): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const variable = `JABIRU_${setting.replaceAll('.', '_').toUpperCase()}`
  if (code === 'EADDRINUSE')
    return new PortInUse(
      `port ${port} on ${host} is in use: stop the program that has it, or set ${variable} to another port`,
    )
  if (code === 'EACCES')
    return new PortInUse(`port ${port} needs rights this user does not have: set ${variable} to one above 1023`)
  if (code === 'EADDRNOTAVAIL')
    return new PortInUse(`${host} is no address of this machine: set JABIRU_LISTEN to one that is`)
  return error
}
