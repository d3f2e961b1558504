// A bare relay over TLS: the first line of a connection is its user's name; whatever comes then goes to his partner, a read and a
// write each. Users 0 and 1 are partners, 2 and 3, and so on. Arguments: port, certificate, key.
import { readFileSync } from 'node:fs'
import { createServer, type TLSSocket } from 'node:tls'

const [port, cert, key] = process.argv.slice(2)
if (port === undefined || cert === undefined || key === undefined) throw new TypeError('port, certificate, key')

const users = new Map<number, TLSSocket>()

const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => undefined) // a client that is gone is gone
  socket.once('data', (hello: Buffer) => {
    const user = Number(/^u(\d+)\n/.exec(hello.toString('latin1'))?.[1])
    users.set(user, socket)
    socket.on('data', (chunk) => users.get(user ^ 1)?.write(chunk))
  })
})
server.listen(Number(port), '127.0.0.1', 1024, () => void process.stdout.write('ready\n'))
