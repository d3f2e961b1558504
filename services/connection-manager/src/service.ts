import type { Bus } from '@jabiru/bus'
import { type Clock, createTokens, systemClock, type Timer } from '@jabiru/cluster'
import { createHops, type Log } from '@jabiru/runtime'
import { StreamFault } from '@jabiru/stanza'
import { collectFeatures, type Endpoint, followManagers, sayAlive } from '@jabiru/wire'
import { createAdmission } from './admission.ts'
import { createCaps } from './caps.ts'
import type { Line } from './channel.ts'
import type { ConnectionManagerConfig } from './config.ts'
import { Connection, type ConnectionDeps } from './connection.ts'
import { createDoorkeeper } from './doorkeeper.ts'
import { type Draining, drain } from './drain.ts'
import { createEgress } from './egress.ts'
import { streamFraming } from './framing/stream.ts'
import { createLanes } from './lanes.ts'
import { type Addresses, openListeners } from './listeners.ts'
import { Login } from './login.ts'
import { createMeasures } from './measures.ts'
import { createCork } from './output.ts'
import { type CertificateSource, liveIdentity } from './transport/certificates.ts'

export interface ConnectionManagerParts {
  readonly bus: Bus
  readonly endpoint: Endpoint
  readonly log: Log
  readonly clock?: Clock
  readonly certificates: CertificateSource
  /** Told every second how far it is, once it is to leave. */
  readonly onDraining?: (draining: Draining) => void
}

export interface ConnectionManager extends AsyncDisposable {
  readonly name: string
  /** Settles when all ports are open. Rejects with PortInUse. */
  readonly ready: () => Promise<void>
  /** Once ready. */
  readonly addresses: () => Addresses
  /** Open connections. */
  readonly connections: () => number
}

/** How often silent clients are looked for, as a part of the time they have. */
const SWEEPS = 4
/** How often it tells how far it is when it leaves. */
const TELL_MS = 1_000

const partition = (connections: readonly Connection[]) => {
  const by = Map.groupBy(connections, ({ isBound }) => isBound)
  return [by.get(true), by.get(false)]
}

/** Holds the sockets of clients; what they say goes to `auth` and to the owners of their accounts. */
export function createConnectionManager(
  config: ConnectionManagerConfig,
  parts: ConnectionManagerParts,
): ConnectionManager {
  const { bus, endpoint, log, clock = systemClock } = parts
  const { limits } = config
  const connections = new Map<string, Connection>()
  const measures = createMeasures({ connections: () => connections.size, waiting: () => admission.waiting() })
  const hops = createHops('connection-manager', config.traceRatio)
  const tokens = createTokens()
  const lanes = createLanes({
    endpoint,
    maxBytes: limits.laneBytes,
    maxBacklog: limits.backlogBytes,
    tokens,
  })
  const offered = collectFeatures(bus)
  let addresses: Addresses = {}
  let lastId = 0
  let whenEmpty = () => {}
  let unproxied = false

  const deps: ConnectionDeps = {
    cm: endpoint.self,
    terms: {
      domains: config.domains,
      maxAuthFailures: limits.authFailures,
      maxBindFailures: limits.bindFailures,
      ...(config.registration === undefined ? {} : { registration: config.registration }),
      ...(config.location === undefined ? {} : { location: config.location }),
      caps: createCaps(offered.features, config.contacts),
    },
    limits,
    lanes,
    clock,
    cork: createCork(),
    createLogin: () => new Login({ bus, onFault: (err) => log.warn({ err }, 'auth_unavailable') }),
    onClosed: ({ id }) => {
      connections.delete(id)
      if (connections.size === 0) whenEmpty()
    },
    onFault: ({ id }, err) => log.error({ conn: id, err }, 'connection_failed'),
    onError: ({ id, address }, { condition, message }) => {
      measures.onStreamError(condition)
      log.debug({ conn: id, address, condition, text: message }, 'stream_error')
    },
    onStanza: (stanza) => {
      measures.onReceived(stanza)
      return hops.begin('stanza', stanza)
    },
  }

  const accept = (line: Line) => {
    const id = (++lastId).toString(36)
    connections.set(id, new Connection(id, line, deps))
  }

  const identity = liveIdentity(parts.certificates, (err) => log.error({ err }, 'certificate_unusable'))
  const doors = createDoorkeeper(
    { total: limits.connections, perAddress: limits.connectionsPerAddress, attempts: limits.attemptsPerMinute },
    clock.now,
  )
  const managers = followManagers({ bus, clock, onDead: () => {}, onBack: () => {} })
  const admission = createAdmission({
    clock,
    perSecond: () =>
      Math.min(limits.loginsPerSecond, limits.clusterLoginsPerSecond / Math.max(1, managers.alive().length)),
  })
  const listeners = openListeners({
    config,
    clock,
    identity,
    doors,
    admission,
    accept,
    onUnproxied: (address, reason) => {
      measures.onUnproxied()
      // A terminator that is set up wrong errs with every client: the first is for the operator to see.
      log[unproxied ? 'debug' : 'warn']({ address, reason }, 'proxied_refused')
      unproxied = true
    },
  })
  const ready = listeners.ready.then((opened) => {
    addresses = opened
  })
  // Told to who asks for it by ready().
  ready.catch(() => undefined)

  const down = endpoint.serveDown(
    createEgress({ find: (conn) => connections.get(conn), lanes, tokens, measures, hops }),
  )

  let sweeper: Timer
  const sweep = () => {
    sweeper = clock.setTimer(Math.min(limits.silenceMs, limits.silenceGraceMs) / SWEEPS, sweep)
    const now = clock.now()
    for (const connection of connections.values()) connection.checkSilence(now)
  }
  sweep()

  const voice = sayAlive(bus, endpoint.self, clock)

  /** Our last word to a client. RFC 6120 §4.9.3.20; §4.9.3.19 where it is to go somewhere, which only TCP can say. */
  const parting = ({ channel, isBound }: Connection): StreamFault =>
    config.seeOtherHost !== undefined && isBound && channel.framing === streamFraming
      ? new StreamFault('see-other-host', { host: config.seeOtherHost })
      : new StreamFault('system-shutdown')
  const dismiss = (connection: Connection) => connection.fail(parting(connection))

  /** Ends all streams, those without a session at once. Settles when the last connection is closed. */
  const drainAll = async () => {
    const [seated = [], others = []] = partition([...connections.values()])
    const of = connections.size
    const tell = () => {
      teller = clock.setTimer(TELL_MS, tell)
      const draining = { left: connections.size, of }
      log.info(draining, 'draining')
      parts.onDraining?.(draining)
    }
    let teller: Timer | undefined
    if (of > 0) tell()
    const empty = new Promise<void>((resolve) => {
      whenEmpty = resolve
      if (connections.size === 0) resolve()
    })
    others.forEach(dismiss)
    await drain({ clock, terms: config.drain, streams: seated.map((connection) => () => dismiss(connection)) })
    // Those that were accepted and not yet heard of when the ports closed.
    for (const connection of connections.values()) dismiss(connection)
    await empty
    teller?.cancel()
    if (of > 0) parts.onDraining?.({ left: 0, of })
    log.info({ of }, 'drained')
  }

  const close = async () => {
    sweeper.cancel()
    listeners.close()
    await drainAll()
    listeners.drop()
    // Owners are to hear which sessions have lost their sockets, if there are any owners.
    const patience = new Promise<void>((resolve) => void clock.setTimer(limits.closeDeadlineMs, resolve))
    await Promise.race([lanes.settled(), patience])
    down.close()
    offered.close()
    voice.leave()
    managers.close()
  }

  let closing: Promise<void> | undefined
  return {
    name: 'connection-manager',
    ready: () => ready,
    addresses: () => addresses,
    connections: () => connections.size,
    [Symbol.asyncDispose]: () => (closing ??= close()),
  }
}
