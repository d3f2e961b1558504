// Connects with TLS to a port of this machine, and reads and forgets until the end. Argument: the port.
import { connect } from 'node:tls'

const [port] = process.argv.slice(2)
if (port === undefined) throw new TypeError('port')
connect({ port: Number(port), host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false }).resume()
