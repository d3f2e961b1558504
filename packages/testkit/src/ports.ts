import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that systems give to outgoing connections, one of which could take what was found free a moment ago. */
const [FIRST, LAST] = [10_240, 32_767]
/** Test processes begin apart from each other, for the same reason. */
const APART = 200

const SLOTS = Math.floor((LAST - FIRST) / APART)

let next = FIRST + (process.pid % SLOTS) * APART

/** Ports of the loopback address that nobody listens on. None is given twice by one process before all were. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = next
    next = port === LAST ? FIRST : port + 1
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false // in use, or not ours to use: the next one is as good
  } finally {
    server.close()
  }
}
