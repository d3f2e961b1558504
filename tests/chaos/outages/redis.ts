import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

/** Gives Redis one command, and settles when it has answered that it is done. */
export async function tellRedis(url: string, command: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.end(`${command}\r\nQUIT\r\n`)
  const answer = await text(socket)
  if (!answer.startsWith('+OK')) throw new Error(`Redis to ${command}: ${answer}`)
}
