import { Socket } from 'node:net'
import {
  connect,
  type Msg,
  type NatsConnection,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from '@nats-io/transport-node'
import { type Bus, BusUnavailable, NobodyListens, RequestTimeout, type Subscription } from './bus.ts'
import { createOutgoing } from './outgoing.ts'

export interface NatsOptions {
  /** `nats://host:port`, several separated by commas; user and password may stand in it. */
  readonly url: string
  /** Shown by the NATS server: which process this is. */
  readonly name: string
  /** Told when a handler throws, and of what the server complains about. */
  readonly onFault?: (fault: unknown, subject: string) => void
  /** How often the server is asked whether it is there. */
  readonly pingMs?: number
}

/** A lost server is noticed after two unanswered pings at most. */
const PING_MS = 5_000
const CONNECT_MS = 5_000
const RECONNECT_MS = 250
/** What a server that does not read may make us keep. */
const OUTGOING_CHARS = 32 * 1024 * 1024

/**
 * The bus over NATS. The first connection must succeed, and rejects with BusUnavailable; after that it is sought
 * for ever. While it is away publishing is refused: the client would keep stale messages and drop fresh ones.
 */
export async function connectNats({ url, name, onFault, pingMs = PING_MS }: NatsOptions): Promise<Bus> {
  const address = new URL(url.split(',')[0] ?? url)
  let connection: NatsConnection
  try {
    connection = await connect({
      servers: url.split(',').map((server) => new URL(server.trim()).host),
      name,
      ...(address.username === '' ? {} : { user: decodeURIComponent(address.username) }),
      ...(address.password === '' ? {} : { pass: decodeURIComponent(address.password) }),
      timeout: CONNECT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_MS,
      reconnectJitter: RECONNECT_MS,
      pingInterval: pingMs,
      maxPingOut: 2,
      // A server that refuses the password for a moment, while it is set up anew, is tried again.
      ignoreAuthErrorAbort: true,
      noAsyncTraces: true,
    })
  } catch (cause) {
    throw new BusUnavailable(`NATS at ${address.host}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
  return natsBus(connection, onFault ?? (() => {}))
}

function natsBus(connection: NatsConnection, onFault: (fault: unknown, subject: string) => void): Bus {
  const listeners = new Set<(connected: boolean) => void>()
  let connected = true
  const outgoing = createOutgoing(() => connection.flush(), OUTGOING_CHARS)

  const turn = (now: boolean) => {
    if (connected === now) return
    connected = now
    outgoing.reset()
    for (const listener of listeners) listener(now)
  }
  const follow = async () => {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') turn(false)
      else if (status.type === 'reconnect') turn(true)
      else if (status.type === 'staleConnection') {
        turn(false)
        socketOf(connection)?.destroy()
      } else if (status.type === 'error') onFault(status.error, 'nats')
    }
  }
  follow().catch((fault: unknown) => onFault(fault, 'nats'))
  connection.closed().then(
    () => turn(false),
    (fault: unknown) => onFault(fault, 'nats'),
  )

  const call = (handler: Parameters<Bus['subscribe']>[1], message: Msg) => {
    const { subject, reply } = message
    const payload = message.string()
    try {
      handler(reply ? { subject, payload, respond: (answer) => void message.respond(answer) } : { subject, payload })
    } catch (fault) {
      onFault(fault, subject)
    }
  }

  const mustTake = () => {
    if (!connected) throw new BusUnavailable('NATS is away')
    if (outgoing.isFull()) throw new BusUnavailable('NATS does not read what is published')
  }

  return {
    publish: (subject, payload) => {
      mustTake()
      outgoing.took(payload.length)
      connection.publish(subject, payload)
    },
    subscribe: (subject, handler, { queue } = {}): Subscription => {
      const subscription = connection.subscribe(subject, {
        ...(queue === undefined ? {} : { queue }),
        callback: (fault, message) => (fault ? onFault(fault, subject) : call(handler, message)),
      })
      return { unsubscribe: () => subscription.unsubscribe() }
    },
    request: async (subject, payload, { timeoutMs }) => {
      mustTake()
      try {
        return (await connection.request(subject, payload, { timeout: timeoutMs })).string()
      } catch (cause) {
        throw requestFault(cause, subject)
      }
    },
    connected: () => connected && !outgoing.isFull(),
    onConnected: (listener) => {
      listeners.add(listener)
      return { unsubscribe: () => void listeners.delete(listener) }
    },
    close: async () => {
      // What was published before still leaves; without a connection nothing can.
      if (connected) await connection.flush()
      await connection.close()
    },
  }
}

/**
 * The socket of the client, which has no way to let go of it: of a server that does not answer it takes leave with a last
 * write, and waits for that. Where nothing leaves, as behind a cut, it would wait until the system gives up: a quarter of an hour.
 */
function socketOf(connection: object): Socket | undefined {
  const { protocol } = connection as { readonly protocol?: { readonly transport?: { readonly socket?: unknown } } }
  const socket = protocol?.transport?.socket
  return socket instanceof Socket ? socket : undefined
}

function requestFault(cause: unknown, subject: string): Error {
  const reason = cause instanceof RequestError ? cause.cause : cause
  if (reason instanceof NoRespondersError || (cause instanceof RequestError && cause.isNoResponders())) {
    return new NobodyListens(subject, { cause })
  }
  if (reason instanceof TimeoutError) return new RequestTimeout(`${subject}: no answer in time`, { cause })
  return new BusUnavailable(`request to ${subject} failed`, { cause })
}
