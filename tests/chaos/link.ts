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

/** What everybody's password is. */
export const PASSWORD = 'chaos'

/** Connects and logs in; goes on with the past session where the server lets it, and begins a fresh one otherwise. */
export async function link(house: House, part: Part, server: number, past: Past | undefined): Promise<Link> {
  using deadline = new Deadline(LOGIN_MS)
  const connection = await open(house, part, server, deadline)
  try {
    const first = await openStream(connection, house.domain)
    const who = { domain: house.domain, username: part.account, password: PASSWORD }
    const features = await authenticate(connection, first, who)
    const answer = past?.management.id === undefined ? undefined : await resume(connection, past.management)
    if (past !== undefined && answer?.name === 'resumed') return { connection, jid: past.jid, answer }
    return { connection, jid: await bind(connection, features, part.client), answer }
  } catch (error) {
    connection.destroy()
    throw error
  }
}

function open(house: House, { client }: Part, server: number, deadline: Deadline): Promise<Connection> {
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
