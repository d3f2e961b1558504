import { randomBytes } from 'node:crypto'
import { bareOf, resourceOf } from '@jabiru/jid'
import { isAnswer } from '@jabiru/stanza'
import { type ConnectionRef, type InstanceRef, markOfRequest, type UpEnvelope } from '@jabiru/wire'
import { type Account, isResumable, type Queued, type Session } from './account.ts'
import { Answers } from './answers.ts'
import { blankSession } from './blank-session.ts'
import { type DeliveryDeps, type RedeliveryDeps, redeliver, sizeOf } from './delivery.ts'
import { Done, type DoneStanza } from './done.ts'
import { parseRecord } from './record.ts'
import { type Requests, requestsOf, type Timing } from './requests.ts'
import { skippedAt } from './resent.ts'

type Here = Extract<UpEnvelope, { k: 'here' }>
type QueuedUp = Extract<UpEnvelope, { k: 'queued' }>

/** What an earlier owner left of a session. */
export interface Legacy {
  readonly resource: string
  readonly gen: string
  /** See `recordOf`. */
  readonly record: string
  /** The last `n` of `out` that is committed. */
  readonly handled: number
  readonly sent: number
  readonly confirmed: number
  readonly requests: Requests
  /** Positions that its client has confirmed, and that may not be stored as confirmed. */
  readonly delivered?: readonly number[]
  /** What is not to be done again of `out`. */
  readonly answered?: readonly DoneStanza[]
}

/** The session as it goes on under this owner, without a socket yet. */
export function inherited(account: Account, legacy: Legacy): Session {
  const { resource, gen, record, handled, sent, confirmed, requests } = legacy
  const known = parseRecord(record)
  const skipped = skippedAt(known?.skips ?? [], handled)
  const birth = known?.birth ?? randomBytes(16).toString('base64url')
  return {
    ...blankSession(account, resource, { birth, gen }),
    since: known?.since ?? 0,
    skips: skipped === 0 ? [] : [[0, skipped]],
    idle: known?.idle === undefined ? undefined : { maxBytes: known.idle, waiting: new Map(), bytes: 0 },
    handled,
    durable: handled,
    answered: new Done(legacy.answered),
    requests,
    sent,
    confirmed,
    unstored: new Set(legacy.delivered),
    sm: known?.sm,
    carbons: known?.carbons ?? false,
    interested: known?.interested ?? false,
    wantsBlocks: known?.wantsBlocks ?? false,
    presence: known?.presence,
    priority: known?.priority ?? 0,
    directed: new Map(known?.directed?.map((to) => [to, bareOf(to)])),
  }
}

export interface AdoptionDeps extends RedeliveryDeps, Timing {
  readonly egress: DeliveryDeps
}

/** A session that an earlier owner had goes on under this one, with the numbers that its connection manager knows. */
export function adopt(deps: AdoptionDeps, account: Account, here: Here): void {
  const { at } = here
  const resource = resourceOf(here.session.jid)
  if (resource === undefined) return
  const session = inherited(account, { ...here, resource, gen: here.session.gen, requests: requestsOf(here, deps) })
  const known = account.sessions.get(resource)
  if (known !== undefined) {
    const later = compareGenerations(session.gen, known.gen)
    // Told once more.
    if (later === 0 && known.at !== undefined) return
    // Its client has gone on elsewhere, or somebody else has the resource.
    if (later < 0) return deps.egress.down(account, at, { k: 'close', conn: at.conn, condition: 'conflict' })
    if (known.at) deps.egress.down(account, known.at, { k: 'close', conn: known.at.conn, condition: 'conflict' })
    known.parked?.cancelExpiry()
    if (known.birth === parseRecord(here.record)?.birth) inheritQueue(session, known, new Map(here.answers))
  }
  session.answers = new Answers(here.answers)
  // Its row may be older than the last answers.
  for (const [id, from] of here.answers ?? []) session.requests.isDone(markOfRequest(id, from))
  session.at = at
  account.sessions.set(resource, session)
  redeliver(deps, account, session)
}

/**
 * What was parked and is at a connection manager after all: that one may know less than its owner did, and more than the
 * row. `given`: the senders of the last answers that the client has, by id.
 */
function inheritQueue(session: Session, known: Session, given: ReadonlyMap<string, string>): void {
  const done = [...known.answered, ...known.early]
  session.answered.addAll(done)
  // A connection manager takes for unanswered what its client was given over another connection.
  for (const [, mark] of done) session.requests.isDone(mark)
  session.committed = known.committed
  session.requests.add(known.requests)
  const { rowSent = Number.POSITIVE_INFINITY } = known.parked ?? {}
  const { sent } = session
  const isTold = sent <= rowSent
  if (isTold) {
    session.handled = Math.max(session.handled, known.handled)
    session.durable = Math.max(session.durable, known.durable)
    session.sent = Math.max(session.sent, Math.min(known.sent, rowSent))
    session.confirmed = Math.max(session.confirmed, known.confirmed)
    for (const queued of known.queue.filter(({ n }) => n <= rowSent)) {
      take(session, queued)
      if (queued.n > sent) settle(session, queued)
    }
  }
  // It may know of deliveries that the row did not tell of: what was given since then comes after them. Messages that the
  // archive has may be among those deliveries, as it is about to tell: what is missing is read when it has.
  const isNew = ({ position }: Queued) => position === undefined || (isTold && isResumable(known))
  for (const queued of known.queue) {
    if (queued.n <= rowSent || !isNew(queued) || isAnswered(queued, given)) continue
    take(session, { ...queued, n: ++session.sent })
    settle(session, queued)
  }
}

/** RFC 6120 §8.2.3: the client has an answer to that already, which the row did not tell of. */
const isAnswered = (queued: Queued, given: ReadonlyMap<string, string>) =>
  isAnswer(queued.stanza) && given.get(queued.stanza.id ?? '') === (queued.stanza.from ?? '')

/** RFC 6120 §8.2.3: its connection manager waits for this very answer, and is not to be given another one. */
function settle(session: Session, queued: Queued): void {
  const { id = '', from } = queued.stanza
  if (isAnswer(queued.stanza)) session.requests.isDone(markOfRequest(id, from))
}

/** A delivery of the earlier owner that the client has not confirmed. */
export function adoptQueued(session: Session, { n, to, position, stanza }: QueuedUp): void {
  take(session, { n, stanza, to, position })
}

function take(session: Session, queued: Session['queue'][number]): void {
  if (queued.n <= session.confirmed || session.queue.some((one) => one.n === queued.n)) return
  // What the connection manager tells may come before what is in it already.
  session.queue.splice(session.queue.findLastIndex(({ n }) => n < queued.n) + 1, 0, queued)
  session.queueBytes += sizeOf(queued)
}

/** `<token>.<counter>`: above zero where `a` is the later one. */
function compareGenerations(a: string, b: string): number {
  const [[token = 0, counter = 0], [otherToken = 0, otherCounter = 0]] = [partsOf(a), partsOf(b)]
  return token - otherToken || counter - otherCounter
}

const partsOf = (gen: string) => gen.split('.').map(Number)

export const isAt = (at: ConnectionRef | undefined, cm: InstanceRef) => at?.cm.id === cm.id && at.cm.epoch === cm.epoch
