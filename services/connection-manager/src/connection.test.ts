import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInProcessBus } from '@jabiru/bus'
import { createManualClock } from '@jabiru/runtime'
import { Connection, type ConnectionDeps } from './connection.ts'
import { streamFraming } from './framing/stream.ts'
import { Login } from './login.ts'
import { createCork } from './output.ts'
import { LIMITS } from './testing/house.ts'
import { TERMS } from './testing/streams.ts'
import type { TransportEvents } from './transport/transport.ts'

const HEADER = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>`
const AUTH = `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>`

/** A connection under TLS without a network, in which a login fails in code of ours. */
function stage() {
  const faults: unknown[] = []
  const written: string[] = []
  const nothing = () => undefined
  const bus = createInProcessBus({ onFault: (fault) => void faults.push(fault) })
  const ours = () => {
    throw new TypeError('ours')
  }
  const deps: ConnectionDeps = {
    cm: { id: 'cm', epoch: 1 },
    terms: TERMS,
    limits: LIMITS,
    lanes: {
      up: nothing,
      isFull: () => false,
      whenOpen: nothing,
      seat: nothing,
      unseat: nothing,
      settled: () => Promise.resolve(),
    },
    clock: createManualClock(),
    cork: createCork(),
    createLogin: () => new Login({ bus, onFault: ours }),
    onStanza: nothing,
    onClosed: nothing,
    onError: nothing,
    onFault: (_, fault) => void faults.push(fault),
  }
  const { promise: ended, resolve: end } = Promise.withResolvers<'ended' | 'destroyed'>()
  const hear: { events?: TransportEvents } = {}
  const transport = (events: TransportEvents) => {
    hear.events = events
    return {
      remoteAddress: '127.0.0.1',
      write: (units: readonly string[]) => void written.push(...units),
      buffered: () => 0,
      needsDrain: () => false,
      pause: nothing,
      resume: nothing,
      end: () => end('ended'),
      destroy: () => end('destroyed'),
      widen: nothing,
      startTls: nothing,
      channelBindings: () => ({}),
    }
  }
  const connection = new Connection('1', { transport, framing: streamFraming, tls: 'done' }, deps)
  return { connection, faults, written, ended, tell: (text: string) => hear.events?.data(Buffer.from(text)) }
}

test('RFC 6120 §4.9.3.8 where our own code fails, the stream ends with internal-server-error and nothing of why', async () => {
  const { faults, written, ended, tell } = stage()
  tell(HEADER)
  tell(AUTH)
  assert.equal(await ended, 'ended')
  assert.equal(faults.length, 1)
  assert.deepEqual(written.slice(2), [
    `<stream:error><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
    '</stream:stream>',
  ])
})
