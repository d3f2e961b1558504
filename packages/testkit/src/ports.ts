import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that systems give to outgoing connections, one of which could take what was found free a moment ago. */
const [FIRST, LAST] = [10_240, 32_767]
/** Ports of a block. The first is listened on for as long as the test process lives: the block is nobody else's. */
const BLOCK = 100
const BLOCKS = Math.floor((LAST - FIRST + 1) / BLOCK)

let block = process.pid % BLOCKS
let left: number[] = []

/** Ports of the loopback address that nobody listens on, and that no other test process is given. None is given twice. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = left.shift()
    if (port === undefined) await claimBlock()
    else if (await isFree(port)) ports.push(port)
  }
  return ports
}

async function claimBlock(): Promise<void> {
  for (let tries = 0; tries < BLOCKS; tries++) {
    block = (block + 1) % BLOCKS
    const first = FIRST + block * BLOCK
    const claim = await listen(first)
    if (claim === undefined) continue
    claim.unref()
    left = Array.from({ length: BLOCK - 1 }, (_, n) => first + 1 + n)
    return
  }
  throw new Error(`every block of ports from ${FIRST} to ${LAST} is in use`)
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port)
  server?.close()
  return server !== undefined
}

/** Undefined where the port is in use, or not ours to use. */
async function listen(port: number) {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  } catch {
    return undefined
  }
}
