import { type BareJid, bareOf, type DomainJid, domainOf, type Jid, localOf } from '@jabiru/jid'
import { errorReply, isAnswer, Refusal, renderStanza, type Stanza } from '@jabiru/stanza'
import {
  type ConnectionRef,
  type Delivery,
  type DownEnvelope,
  type Endpoint,
  type Group,
  type InstanceRef,
  type OwnerEnvelope,
  sizeOf,
} from '@jabiru/wire'
import { createCrowding } from './crowding.ts'

/** What an owner may say, and for which partition. */
export interface Lease {
  readonly part: number
  readonly token: number
}

/** A down-envelope before it is told which lease it is sent under. */
export type Down = DownEnvelope extends infer E ? (E extends DownEnvelope ? Omit<E, 'part' | 'token'> : never) : never

/** One stanza for one session, under its number. */
export interface Delivered {
  readonly stanza: Stanza
  readonly n: number
  readonly to: Jid | undefined
  readonly position: number | undefined
  /** The hop before, where the stanza is traced. */
  readonly trace?: string
}

/** The only place from which this service speaks to others. */
export interface Egress {
  /** To one connection. Deliveries of the same stanza to one connection manager in one turn become one envelope. */
  readonly deliver: (lease: Lease, at: ConnectionRef, delivered: Delivered) => void
  readonly down: (lease: Lease, at: ConnectionRef, envelope: Down) => void
  /** The same; resolves when its connection manager has heard, or is given up. */
  readonly tell: (lease: Lease, at: ConnectionRef, envelope: Down) => Promise<void>
  /** Ends a connection with a stream error. Resolves when its connection manager has heard; rejects when that is given up. */
  readonly close: (lease: Lease, at: ConnectionRef, condition: string) => Promise<void>
  /** To the owner of an account in a group of services. Resolves when it is committed there. */
  readonly toOwner: (group: Group, account: Jid, envelope: OwnerEnvelope) => Promise<void>
  /** Addresses a stanza to whoever owns its `to`: resolves when it is committed there, or answered with an error. */
  readonly route: (stanza: Stanza, id?: string, trace?: string) => Promise<void>
  readonly isServed: (domain: DomainJid) => boolean
  /** Settles when a connection manager that does not keep up has taken what waits for it; undefined where it does. */
  readonly room: (cm: InstanceRef) => Promise<void> | undefined
  /** Settles when a connection manager has taken all that it was told until now, or is given up; undefined where it has. */
  readonly taken: (cm: InstanceRef) => Promise<void> | undefined
}

interface Batch {
  readonly lease: Lease
  readonly stanza: Stanza
  readonly to: Delivery[]
}

interface EgressDeps {
  readonly endpoint: Pick<Endpoint, 'partitionOf' | 'send' | 'postDown' | 'sendDown'>
  readonly domains: readonly DomainJid[]
  /** What may wait for one connection manager, in bytes. */
  readonly downBytes: number
  readonly onUndeliverable: (fault: unknown) => void
}

export function createEgress({ endpoint, domains, downBytes, onUndeliverable }: EgressDeps): Egress {
  const crowding = createCrowding(downBytes)
  const open = new Map<string, Batch>()
  const served = new Set<DomainJid>(domains)

  const post = (at: ConnectionRef, envelope: DownEnvelope, settled?: () => void) => {
    const [load, bytes] = [crowding.of(at.cm), sizeOf(envelope)]
    load.sends(bytes)
    endpoint.postDown(at.cm, envelope, (fault) => {
      load.taken(bytes)
      if (fault !== undefined) onUndeliverable(fault)
      settled?.()
    })
  }

  const down = ({ part, token }: Lease, at: ConnectionRef, envelope: Down, settled?: () => void) => {
    // What was said before goes first.
    open.delete(at.cm.id)
    post(at, { part, token, ...envelope }, settled)
  }

  const tell: Egress['tell'] = (lease, at, envelope) => new Promise((resolve) => down(lease, at, envelope, resolve))

  const close: Egress['close'] = ({ part, token }, at, condition) => {
    open.delete(at.cm.id)
    return endpoint.sendDown(at.cm, { part, token, k: 'close', conn: at.conn, condition })
  }

  const deliver: Egress['deliver'] = (lease, at, { stanza, n, to, position, trace }) => {
    const delivery = deliveryOf(at.conn, n, to, position)
    const batch = open.get(at.cm.id)
    if (batch?.stanza === stanza && batch.lease.token === lease.token && batch.lease.part === lease.part) {
      batch.to.push(delivery)
      return
    }
    const fresh: Batch = { lease, stanza, to: [delivery] }
    if (open.size === 0) queueMicrotask(() => open.clear())
    open.set(at.cm.id, fresh)
    // The list may grow until the turn ends; the endpoint encodes it later than that.
    const envelope = { part: lease.part, token: lease.token, k: 'deliver', to: fresh.to, stanza } as const
    post(at, trace === undefined ? envelope : { ...envelope, trace })
  }

  const onItsWay = new Map<string, Promise<void>>()

  const toOwner: Egress['toOwner'] = (group, account, envelope) =>
    endpoint.send(group, endpoint.partitionOf(bareOf(account)), envelope)

  // NOTSPEC(RFC 6120 §10.5): no service of ours has a domain of its own to which stanzas would go.
  const route: Egress['route'] = (stanza, id, trace) => {
    const { to } = stanza
    if (to === undefined) return Promise.resolve()
    const bare: BareJid | DomainJid = bareOf(to)
    if (!served.has(domainOf(to)) || localOf(to) === undefined) return answerForNobody(stanza, domainOf(to), trace)
    const envelope = { k: 'in', accounts: [bare], stanza, ...(id === undefined ? {} : { id }) } as const
    const send = () => toOwner('session', bare, trace === undefined ? envelope : { ...envelope, trace })
    return once(onItsWay, nameOf(stanza, id), send)
  }
  const answerForNobody = async (stanza: Stanza, domain: DomainJid, trace: string | undefined): Promise<void> => {
    // NOTSPEC(RFC 6120 §3.2.1, §3.2.2, §3.3, §4.3.6, §4.7.1, §4.7.2, §4.8.3, §4.9.3.7, §4.9.3.15, §4.9.3.23, §5.4.3.1, §6.3.8,
    // §6.4.5, §6.5, §8.1.1.2, §8.1.2.2, §10.1, §10.4, §10.4.1, §10.4.3, §13.6, §13.7.1.2.1, §13.7.2, §13.7.2.3, §13.9.2, §13.9.5,
    // §13.14): with other servers no stream is held yet, from here or from there; what is for them is answered as §10.4 has it.
    // NOTSPEC(RFC 6121 §3.1.2, §3.3.2, §4.3.1): with other servers no stream is held yet; requests for what is there are answered so, too.
    const condition = served.has(domain) ? 'service-unavailable' : 'remote-server-not-found'
    const reply = errorReply(stanza, new Refusal(condition))
    if (reply?.to !== undefined && served.has(domainOf(reply.to))) await route(reply, undefined, trace)
  }

  return {
    deliver,
    down,
    tell,
    close,
    toOwner,
    route,
    isServed: (domain) => served.has(domain),
    room: (cm) => crowding.of(cm).room(),
    taken: (cm) => crowding.of(cm).allTaken(),
  }
}

/** Made for each copy of a stanza: what is not there is left out, and nothing else is put together for it. */
function deliveryOf(conn: string, n: number, to: Jid | undefined, position: number | undefined): Delivery {
  if (to === undefined) return position === undefined ? { conn, n } : { conn, n, position }
  return position === undefined ? { conn, n, to } : { conn, n, to, position }
}

/** What is the same whenever it is sent again: a message by its id, an answer word for word. */
function nameOf(s: Stanza, id: string | undefined): string | undefined {
  if (id !== undefined) return `${id} ${s.to ?? ''}`
  return isAnswer(s) ? renderStanza(s) : undefined
}

/**
 * An owner that comes back to a partition is told everything anew that waits, and says anew what it has said before: what
 * is still on its way since then is not sent beside itself. Otherwise more would wait with each turn of owners that are
 * too slow to keep their leases.
 */
function once(onItsWay: Map<string, Promise<void>>, name: string | undefined, send: () => Promise<void>) {
  if (name === undefined) return send()
  const known = onItsWay.get(name)
  if (known !== undefined) return known
  const sent = send()
  const forget = () => void onItsWay.delete(name)
  onItsWay.set(name, sent)
  sent.then(forget, forget)
  return sent
}
