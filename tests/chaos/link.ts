import { type Derivation, saltPassword } from '@jabiru/sasl'
import { authenticate, bind, Connection, Deadline, type House, type Management, openStream, SM } from '@jabiru/testkit'
import { type Element, el } from '@jabiru/xml'
import type { Part } from './cast.ts'

/** Everything up to a session, with a server that stands still among those that are tried. */
const LOGIN_MS = 10_000

/** What a client has of a session that it would go on with. */
export interface Past {
  readonly jid: string
  readonly management: Management
}

/** A connection with a session, fresh or gone on. */
export interface Link {
  readonly connection: Connection
  readonly jid: string
  /** <resumed/> or <failed/>, where it was asked for. */
  readonly answer: Element | undefined
}

/** As much of a house as one needs who comes. */
export type Reach = Pick<House, 'domain' | 'c2s' | 'ca'>

/** Who comes, and where. */
export interface Attempt {
  readonly house: Reach
  readonly part: Pick<Part, 'account' | 'client'>
  /** What everybody's is unless given. */
  readonly password?: string
  /** The number of the connection manager. */
  readonly server: number
  readonly past: Past | undefined
  /** How long it waits for its session. */
  readonly patienceMs?: number | undefined
}

/** What everybody's password is. */
export const PASSWORD = 'chaos'

/** PBKDF2 is the client's own cost, and most remember what comes of it. RFC 5802 §5.1. */
const salted = new Map<string, Promise<Uint8Array>>()

function remembered(derivation: Derivation): Promise<Uint8Array> {
  const key = `${derivation.password} ${derivation.hash} ${derivation.iterations} ${Buffer.from(derivation.salt).toString('base64')}`
  const known = salted.get(key) ?? saltPassword(derivation)
  salted.set(key, known)
  return known
}

/** Connects and logs in; goes on with the past session where the server lets it, and begins a fresh one otherwise. */
export async function link(attempt: Attempt): Promise<Link> {
  const { house, part, password = PASSWORD, server, past, patienceMs = LOGIN_MS } = attempt
  using deadline = new Deadline(patienceMs)
  const connection = await open(house, part, server, deadline)
  try {
    const first = await openStream(connection, house.domain)
    const who = { domain: house.domain, username: part.account, password, salt: remembered }
    const features = await authenticate(connection, first, who)
    const answer = past?.management.id === undefined ? undefined : await resume(connection, past.management)
    if (past !== undefined && answer?.name === 'resumed') return { connection, jid: past.jid, answer }
    return { connection, jid: await bind(connection, features, part.client), answer }
  } catch (error) {
    connection.destroy()
    throw error
  }
}

function open(house: Reach, { client }: Attempt['part'], server: number, deadline: Deadline): Promise<Connection> {
  const place = house.c2s[server % house.c2s.length]
  if (place === undefined) throw new Error('the house takes no clients')
  const trust = { servername: house.domain, ca: house.ca }
  const endpoint = { host: place.host, port: place.tlsPort }
  return Connection.open({ name: client, target: { over: 'tls', endpoint, trust }, deadline })
}

/** XEP-0198 §5. */
async function resume(connection: Connection, { id, received }: Management): Promise<Element> {
  connection.writeElement(el('resume', SM, { previd: id, h: String(received) }))
  return connection.element('<resumed/> or <failed/>')
}
