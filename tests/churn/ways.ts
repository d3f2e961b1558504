import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Place } from '@jabiru/testkit'

/** Where from, where to, and a number that differs with each connection. */
export interface Trip {
  readonly place: Place
  readonly localAddress: string
  readonly n: number
}

type Way = (trip: Trip) => Promise<void>

const HEADER = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>`
const PLAIN = `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AG5vYm9keQB3cm9uZw==</auth>`
// n,,n=nobody,r=fyko+d2lbbFgONRv9qkxdawL: the exchange is left at its challenge.
const SCRAM = `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>biwsbj1ub2JvZHkscj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0w=</auth>`
const UPGRADE =
  'GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: xmpp\r\n'
const CLIENT_HELLO = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])

const opened = async ({ place: { host }, localAddress }: Trip, port: number): Promise<Socket> => {
  const socket = connectTcp({ host, port, localAddress })
  socket.on('error', () => undefined)
  await Promise.race([once(socket, 'connect'), once(socket, 'close')])
  return socket
}

/** Half of them end, half of them are torn. */
async function drop(socket: Socket, { n }: Trip): Promise<void> {
  const closed = once(socket, 'close')
  if (n % 2 === 0) socket.end().resume()
  else socket.resetAndDestroy()
  await closed
}

/** Says something, and goes without waiting for anything. */
const says =
  (text: string | Uint8Array, portOf: (place: Place) => number): Way =>
  async (trip) => {
    const socket = await opened(trip, portOf(trip.place))
    const whole = Buffer.from(text)
    socket.write(whole.subarray(0, trip.n % (whole.length + 1)))
    await drop(socket, trip)
  }

/** Comes as far as TLS, says something and waits until it is answered so many times. */
const saysSecurely =
  (text: string, answers: number): Way =>
  async (trip) => {
    const { host, tlsPort: port } = trip.place
    const plain = await opened(trip, port)
    const socket = connectTls({ socket: plain, rejectUnauthorized: false, ALPNProtocols: ['xmpp-client'], host })
    socket.on('error', () => undefined)
    socket.write(text)
    for (let heard = 0; heard < answers && !socket.destroyed; heard++)
      await Promise.race([once(socket, 'data'), once(socket, 'close')])
    await drop(plain, trip)
  }

/** How a connection may be left half-way; those that cost a handshake of TLS come seldom. */
export const WAYS: readonly Way[] = [
  says('', ({ port }) => port),
  says('', ({ tlsPort }) => tlsPort),
  ...Array.from({ length: 6 }, () => says(HEADER, ({ port }) => port)),
  ...Array.from({ length: 4 }, () =>
    says(`${HEADER}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`, ({ port }) => port),
  ),
  ...Array.from({ length: 3 }, () => says(CLIENT_HELLO, ({ tlsPort }) => tlsPort)),
  ...Array.from({ length: 2 }, () => says(UPGRADE, ({ httpPort }) => httpPort)),
  says(
    `${UPGRADE}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    ({ httpPort }) => httpPort,
  ),
  saysSecurely(HEADER, 1),
  saysSecurely(HEADER + PLAIN, 2),
  saysSecurely(HEADER + SCRAM, 2),
]
