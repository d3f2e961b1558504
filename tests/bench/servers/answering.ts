import { once } from 'node:events'
import { connect } from 'node:net'

/** Whether somebody listens on this port of the loopback address. */
export async function isAnswering(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false // refused: not yet
  } finally {
    socket.destroy()
  }
}
