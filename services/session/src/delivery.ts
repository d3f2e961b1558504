import type { Jid } from '@jabiru/jid'
import { type Stanza, withHead } from '@jabiru/stanza'
import type { ConnectionRef } from '@jabiru/wire'
import { type Account, type Idle, noteChange, type Queued, type Session } from './account.ts'
import type { Egress } from './egress.ts'
import { waitsAs } from './features/client-state/policy.ts'

/** What one delivery costs beside its content, in bytes. */
const OVERHEAD = 200

/** While so much is unconfirmed, no more of a backlog is read for a session. */
export const CATCH_UP_BYTES = 512 * 1024

/** What a delivery weighs while it waits, in bytes. */
export const sizeOf = (queued: Queued) => weigh(queued.stanza)

/** A stanza for a session, and its place in the archive where this delivery counts as the delivery of it. */
type Given = Pick<Queued, 'stanza'> & { readonly to?: Jid | undefined; readonly position?: number | undefined }

export type DeliveryDeps = Pick<Egress, 'deliver' | 'down'>

/**
 * Gives a stanza to a session: it gets the next number and is kept until the client has confirmed it. Without a socket
 * it waits for the resumption. At a client that nobody looks at, what may wait does, until something comes that may not.
 */
export function deliver(egress: DeliveryDeps, account: Account, session: Session, given: Given): void {
  if (session.idle !== undefined && session.at !== undefined) {
    if (wait(egress, account, { at: session.at, idle: session.idle }, given)) return noteChange(session)
    release(egress, account, session)
  }
  number(egress, account, session, given)
}

/** Where it may not wait, or there is no room for it, nothing does any more. XEP-0352. */
function wait(
  egress: DeliveryDeps,
  account: Account,
  { at, idle }: { readonly at: ConnectionRef; readonly idle: Idle },
  { stanza, to, position }: Given,
): boolean {
  const key = position === undefined ? waitsAs(stanza) : undefined
  if (key === undefined) return false
  const older = idle.waiting.get(key)
  const bytes = idle.bytes + weigh(stanza) - (older === undefined ? 0 : weigh(older))
  if (bytes > idle.maxBytes) return false
  const waiting = to === undefined ? stanza : withHead(stanza, { to })
  idle.waiting.delete(key)
  idle.waiting.set(key, waiting)
  idle.bytes = bytes
  // For a later owner.
  egress.down(account, at, { k: 'hold', conn: at.conn, key, stanza: waiting })
  return true
}

const weigh = (stanza: Stanza) => OVERHEAD + stanza.inner.length

/** What has waited goes to the client, or into its queue. */
export function release(egress: DeliveryDeps, account: Account, session: Session): void {
  const { idle } = session
  if (idle === undefined) return
  const stanzas = [...idle.waiting.values()]
  idle.waiting.clear()
  idle.bytes = 0
  for (const stanza of stanzas) number(egress, account, session, { stanza })
}

function number(egress: DeliveryDeps, account: Account, session: Session, { stanza, to, position }: Given): void {
  session.sent++
  const queued: Queued = { n: session.sent, stanza, to, position }
  session.queue.push(queued)
  session.queueBytes += sizeOf(queued)
  if (session.at) egress.deliver(account, session.at, queued)
  noteChange(session)
  if (session.parked && session.queueBytes > session.parked.maxBytes) session.parked.overflow()
}

/** What sending once more needs. */
export interface RedeliveryDeps {
  readonly egress: Pick<Egress, 'deliver'>
  /** So many stanzas were sent once more. */
  readonly onRedelivered: (stanzas: number) => void
}

/** Sends what is unconfirmed once more, under its old numbers. XEP-0198 §5. */
export function redeliver(deps: RedeliveryDeps, account: Account, session: Session): void {
  if (!session.at) return
  for (const queued of session.queue) deps.egress.deliver(account, session.at, queued)
  deps.onRedelivered(session.queue.length)
}

/**
 * The client has everything up to `n`. Returns the positions that are delivered by it; undefined where the
 * client claims more than was sent.
 */
export function confirm(session: Session, n: number): readonly number[] | undefined {
  if (n > session.sent) return undefined
  if (n <= session.confirmed) return []
  const positions: number[] = []
  let done = 0
  for (const queued of session.queue) {
    if (queued.n > n) break
    done++
    session.queueBytes -= sizeOf(queued)
    if (queued.position === undefined) continue
    positions.push(queued.position)
    session.unstored.add(queued.position)
  }
  session.queue.splice(0, done)
  session.confirmed = n
  if (session.queueBytes < CATCH_UP_BYTES / 2) endWaits(session)
  return positions
}

/** Settles when the client has confirmed most of what it was given, or its session has ended. */
export const drained = (session: Session) =>
  new Promise<void>((resolve) => {
    const others = session.onDrained
    session.onDrained = () => {
      others?.()
      resolve()
    }
  })

/** Those who wait for the client to confirm wait no longer. */
function endWaits(session: Session): void {
  const go = session.onDrained
  session.onDrained = undefined
  go?.()
}
