import { randomBytes } from 'node:crypto'
import { dropOldest } from '@jabiru/runtime'
import type { ConnectionRef, UpEnvelope } from '@jabiru/wire'
import type { Account, Session } from './account.ts'
import { confirm, type RedeliveryDeps, redeliver, release } from './delivery.ts'
import type { Egress } from './egress.ts'
import { type Timing, underWay } from './requests.ts'

type Enable = Extract<UpEnvelope, { k: 'sm-enable' }>
type Resume = Extract<UpEnvelope, { k: 'sm-resume' }>

export interface StreamManagementDeps extends RedeliveryDeps, Timing {
  readonly egress: Pick<Egress, 'down' | 'tell' | 'deliver'>
  /** A session without a socket is kept at most so long. */
  readonly resumeMaxMs: number
  /** Bytes that may wait with it. */
  readonly parkedBytes: number
  /** A session waits for its client. */
  readonly onParked: (account: Account, session: Session) => void
  /** A session is there for its client again. */
  readonly onAttached: (account: Account, session: Session) => void
  /** Settles when a later owner could learn how far the session is. */
  readonly written: (session: Session) => Promise<void> | undefined
  /** How far a session was that has ended under an owner before, or long ago. */
  readonly endedCount: (account: Account, id: string) => Promise<number | undefined>
  /** Settles when it is stored. */
  readonly onConfirmed: (account: Account, positions: readonly number[]) => Promise<void>
  /** Ends a session for good. */
  readonly end: (account: Account, session: Session) => void
}

const WRAP = 2 ** 32
/** So many ended sessions are remembered for `<failed h=…/>`. */
const REMEMBERED = 20

/** XEP-0198 §3: counts from here on, and keeps the session for a while when its socket is lost. */
export function enable(deps: StreamManagementDeps, account: Account, session: Session, wish: Enable): void {
  const at = session.at
  if (at === undefined) return
  if (session.sm !== undefined) {
    return deps.egress.down(account, at, { k: 'sm-failed', conn: at.conn, condition: 'unexpected-request' })
  }
  const maxMs = Math.min(wish.max === undefined ? deps.resumeMaxMs : wish.max * 1000, deps.resumeMaxMs)
  const id = wish.resume && maxMs > 0 ? randomBytes(16).toString('base64url') : undefined
  // XEP-0198 §4: the client counts from <enable/>, whenever it is answered.
  const inBase = session.handled
  // What was decided before goes out first, and is not counted.
  account.outbox.add(() => {
    if (session.at === undefined || session.sm !== undefined) return
    const bases = { inBase, outBase: session.sent }
    session.sm = { id, maxMs, ...bases }
    const resumable = id === undefined ? {} : { id, max: Math.floor(maxMs / 1000) }
    deps.egress.down(account, session.at, { k: 'sm-enabled', conn: session.at.conn, ...resumable, ...bases })
  })
}

/**
 * XEP-0198 §5: the session goes on over another socket; an older one is fenced off by the new generation. Settles when
 * the connection manager has the answer: until then the next owner is asked the same.
 */
export function resume(deps: StreamManagementDeps, account: Account, { at, previd, h }: Resume): Promise<void> | void {
  const session = [...account.sessions.values()].find((one) => one.sm?.id === previd)
  if (session?.sm === undefined) return refuseResumption(deps, account, at, previd)
  const { sm } = session
  // The owner before had resumed it already, over this very connection.
  if (session.at?.conn === at.conn && session.at.cm.id === at.cm.id && session.at.cm.epoch === at.cm.epoch) return
  const more = newlyConfirmed(session.confirmed - sm.outBase, h)
  // A client that knows less than it has said before has lost something: it begins anew, and reads the archive.
  if (more >= WRAP / 2) return refuseResumption(deps, account, at, previd)
  const acknowledged = session.confirmed + more
  // It was given what its row does not tell of, and other stanzas may have these numbers now: it begins anew, too.
  if (acknowledged > (session.parked?.rowSent ?? Number.POSITIVE_INFINITY)) {
    deps.end(account, session)
    return refuseResumption(deps, account, at, previd)
  }
  const positions = confirm(session, acknowledged)
  if (positions === undefined) {
    const tooHigh = { h, sent: session.sent - sm.outBase }
    return deps.egress.tell(account, at, { k: 'close', conn: at.conn, condition: 'undefined-condition', tooHigh })
  }
  const stored = deps.onConfirmed(account, positions)
  const old = session.at ?? session.parked?.was
  if (old !== undefined) void close(deps, account, old)
  session.parked?.cancelExpiry()
  session.parked = undefined
  session.gen = account.nextGeneration()
  session.at = undefined
  // XEP-0352 §5.1: who resumes is looked at, and has everything.
  release(deps.egress, account, session)
  session.idle = undefined
  const { gen } = session
  // `<resumed h/>` waits for what was admitted, so that it counts what is durable, as the client's own count must be.
  return Promise.all([session.committed, stored])
    .then(() => deps.written(session))
    .then(() => attach(deps, account, session, { at, gen }))
}

/** XEP-0198 §4: `h` counts modulo 2^32 from the base. */
const newlyConfirmed = (known: number, h: number) => (((h - known) % WRAP) + WRAP) % WRAP

interface Attempt {
  readonly at: ConnectionRef
  readonly gen: string
}

function attach(deps: StreamManagementDeps, account: Account, session: Session, { at, gen }: Attempt): Promise<void> {
  const { sm } = session
  if (sm === undefined || account.sessions.get(session.resource) !== session) {
    return refuseResumption(deps, account, at, sm?.id ?? '')
  }
  // The client has tried once more meanwhile, over another connection.
  if (session.gen !== gen) return close(deps, account, at)
  session.at = at
  const heard = deps.egress.tell(account, at, {
    k: 'sm-resumed',
    conn: at.conn,
    session: { jid: session.jid, gen },
    previd: sm.id ?? '',
    handled: session.handled,
    confirmed: session.confirmed,
    inBase: sm.inBase,
    outBase: sm.outBase,
    ...(session.answered.size > 0 && { answered: [...session.answered] }),
    ...underWay(session, deps),
  })
  redeliver(deps, account, session)
  deps.onAttached(account, session)
  return heard
}

function close(deps: StreamManagementDeps, account: Account, at: ConnectionRef): Promise<void> {
  return deps.egress.tell(account, at, { k: 'close', conn: at.conn, condition: 'conflict', text: 'resumed elsewhere' })
}

function refuseResumption(
  deps: StreamManagementDeps,
  account: Account,
  at: ConnectionRef,
  previd: string,
): Promise<void> {
  const refuse = (h?: number) =>
    deps.egress.tell(account, at, {
      k: 'sm-failed',
      conn: at.conn,
      condition: 'item-not-found',
      ...(h === undefined ? {} : { h: h % WRAP }),
    })
  // Without the live state nothing is known of what an owner before had.
  return countOf(deps, account, previd).then(refuse, () => refuse())
}

/** How far the session is, or was. */
async function countOf(deps: StreamManagementDeps, account: Account, id: string): Promise<number | undefined> {
  const ended = account.ended.get(id)
  const there = [...account.sessions.values()].find(({ sm }) => sm?.id === id)
  if (ended === undefined && there?.sm === undefined) return deps.endedCount(account, id)
  await (ended ?? there)?.committed
  return ended?.handled ?? (there?.sm && there.durable - there.sm.inBase)
}

/** The socket is gone: a resumable session waits for another one, any other ends. */
export function detach(deps: StreamManagementDeps, account: Account, session: Session, closed: boolean): void {
  // One that its client has never had is not closed by it.
  if (closed && session.handled > 0) account.sent.closed(session)
  if (session.parked) session.parked.was = undefined
  if (session.at === undefined) return closed ? deps.end(account, session) : undefined
  session.at = undefined
  if (closed || session.sm?.id === undefined) return deps.end(account, session)
  release(deps.egress, account, session)
  park(deps, account, session, session.sm.maxMs)
}

/** The session waits for its client for so long. */
export function park(
  deps: StreamManagementDeps,
  account: Account,
  session: Session,
  forMs: number,
  rowSent?: number,
): void {
  const end = () => deps.end(account, session)
  const { cancel } = deps.clock.setTimer(forMs, end)
  let ending = false
  const overflow = () => {
    // Not in the midst of what is being delivered to the others.
    if (!ending) queueMicrotask(end)
    ending = true
  }
  const until = deps.clock.now() + forMs
  session.parked = { maxBytes: deps.parkedBytes, until, cancelExpiry: cancel, overflow, was: undefined, rowSent }
  deps.onParked(account, session)
}

/** Its connection manager is silent: dead, or cut off for a while with its sockets open. */
export function presumeGone(deps: StreamManagementDeps, account: Account, session: Session): void {
  const was = session.at
  detach(deps, account, session, false)
  if (session.parked) session.parked.was = was
}

/** The connection manager is heard again: what its sessions were given meanwhile goes to it. */
export function welcomeBack(deps: StreamManagementDeps, account: Account, session: Session): void {
  const { parked } = session
  if (parked?.was === undefined) return
  parked.cancelExpiry()
  session.at = parked.was
  session.parked = undefined
  redeliver(deps, account, session)
  deps.onAttached(account, session)
}

/** XEP-0198 §5: a later attempt to resume is told how far the server had got. */
export function remember(account: Account, session: Session): void {
  if (session.sm?.id === undefined) return
  const { committed } = session
  account.ended.set(session.sm.id, { handled: session.handled - session.sm.inBase, committed })
  dropOldest(account.ended, REMEMBERED)
}
