import { domainOf, type Jid } from '@jabiru/jid'
import { type Stanza, stanza } from '@jabiru/stanza'
import type { ManagerRef, SessionRow } from '@jabiru/state'
import { type Account, isResumable, type Queued, type Session } from './account.ts'
import { revive } from './catch-up.ts'
import type { DoneStanza } from './done.ts'
import { recordOf } from './record.ts'
import { Requests } from './requests.ts'
import type { AccountStore } from './store/accounts.ts'

/** Who holds the rows of sessions, with a socket or without. */
export const PARKED: ManagerRef = { id: 'parked', epoch: 0 }

/** A delivery that waits. What the archive has is named by its position alone. */
interface Waiting {
  readonly n: number
  readonly position?: number
  readonly to?: Jid
  readonly stanza?: Stanza
}

/**
 * A session as the live state keeps it for a later owner: one that can be resumed with all of this, any other that
 * somebody was told of with its record alone.
 */
export interface ParkedValue {
  readonly record: string
  /** What is committed of `out`: what came after it is sent again, under the same ids. */
  readonly handled: number
  readonly sent: number
  readonly confirmed: number
  /** Wall clock, ms since 1970; undefined while it has its socket. */
  readonly until?: number
  /** See `Parked`. */
  readonly rowSent?: number
  readonly queue: readonly Waiting[]
  /** Positions that its client has confirmed, and that may not be stored as confirmed: they are not to be given again. */
  readonly delivered?: readonly number[]
  /** What is done of `out` beyond `handled`. */
  readonly early?: readonly DoneStanza[]
  /** What it was to be given when somebody looks at it. XEP-0352. */
  readonly held?: readonly Stanza[]
  /** Requests that it has made: without an answer they are answered at that time of the wall clock. */
  readonly asked?: readonly (readonly [id: string, to: Jid, until: number, n: number])[]
  /** Requests that it was given. */
  readonly owed?: readonly (readonly [id: string, from: Jid])[]
}

/** `until`: wall clock; `now`: monotonic clock and wall clock. */
export function parkedRow(account: Account, session: Session, until: number | undefined, now: Moment): SessionRow {
  const { asked, owed } = session.requests
  const { rowSent } = session.parked ?? {}
  const queue = isResumable(session) ? session.queue : []
  const held = isResumable(session) ? [...(session.idle?.waiting.values() ?? [])] : []
  const early = [...session.answered, ...session.early]
  const value: Omit<ParkedValue, 'queue'> = {
    record: recordOf(session),
    handled: session.durable,
    sent: session.sent,
    confirmed: session.confirmed,
    ...(until === undefined ? {} : { until }),
    ...(rowSent === undefined ? {} : { rowSent }),
    ...(held.length > 0 && { held }),
    ...(session.unstored.size > 0 && { delivered: [...session.unstored] }),
    ...(early.length > 0 && { early }),
    ...(asked.length > 0 && {
      asked: asked.map((one) => [one.id, one.to, one.until - now.clock + now.wall, one.n] as const),
    }),
    ...(owed.length > 0 && { owed: owed.map(({ id, from }) => [id, from] as const) }),
  }
  const generation = session.gen
  // Put together and not copied: where the live state is in this process nobody reads most of them.
  let texts = ''
  for (const queued of queue) texts += `${texts === '' ? '' : ','}${waiting(account, queued)}`
  const text = `${JSON.stringify(value).slice(0, -1)},"queue":[${texts}]}`
  return { account: account.jid, resource: session.resource, manager: PARKED, generation, value: text }
}

function waiting(account: Account, queued: Queued): string {
  const { n, position } = queued
  // A row that is only held goes as soon as another device has confirmed it.
  const archived = position !== undefined && account.undelivered.get(position)?.held === false
  if (archived) return `{"n":${n},"position":${position}}`
  queued.text ??= inFull(queued)
  return queued.text
}

function inFull({ n, position, to, stanza: s }: Queued): string {
  const kept: Waiting = {
    n,
    stanza: s,
    ...(position === undefined ? {} : { position }),
    ...(to === undefined ? {} : { to }),
  }
  return JSON.stringify(kept)
}

/** The same moment on the monotonic clock and on the wall clock, in ms. */
export interface Moment {
  readonly clock: number
  readonly wall: number
}

/** What is under way of a session that was parked. */
export const parkedRequests = ({ asked = [], owed = [] }: ParkedValue, now: Moment): Requests =>
  new Requests(
    asked.map(([id, to, until, n]) => ({ id, to, n, until: until - now.wall + now.clock })),
    owed.map(([id, from]) => ({ id, from })),
  )

export function parseParked({ value }: SessionRow): ParkedValue {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by parkedRow of this wire version
  return JSON.parse(value) as ParkedValue
}

/** The queue with its texts. */
export async function readQueue(
  store: Pick<AccountStore, 'messages'>,
  account: Account,
  { queue, sent, held = [] }: Pick<ParkedValue, 'queue' | 'sent' | 'held'>,
): Promise<Queued[]> {
  const wanted = queue.flatMap(({ position, stanza: s }) => (s === undefined && position !== undefined ? position : []))
  const found = wanted.length === 0 ? [] : await store.messages(account.jid, wanted)
  const archived = new Map(found.map((one) => [one.position, one]))
  const read = queue.map(({ n, position, to, stanza: kept }) => {
    const row = position === undefined ? undefined : archived.get(position)
    return { n, position, to, stanza: kept ?? (row ? revive(account, row) : nothing(account)) }
  })
  // It has no socket any more, and is given all.
  return [...read, ...held.map((one, i) => ({ n: sent + i + 1, position: undefined, to: undefined, stanza: one }))]
}

/** In place of a message that is gone from the archive: the client counts what it gets, so the number must be there. */
const nothing = (account: Account): Stanza =>
  stanza({ name: 'message', type: 'headline', from: domainOf(account.jid), to: account.jid })
