import type { Jid } from '@jabiru/jid'
import type { Account, Queued, Session } from './account.ts'
import type { Egress } from './egress.ts'

/** What one delivery costs beside its content, in bytes. */
const OVERHEAD = 200

/** While so much is unconfirmed, no more of a backlog is read for a session. */
export const CATCH_UP_BYTES = 512 * 1024

/** What a delivery weighs while it waits, in bytes. */
export const sizeOf = (queued: Queued) => OVERHEAD + queued.stanza.inner.length

/**
 * Gives a stanza to a session: it gets the next number and is kept until the client has confirmed it.
 * Without a socket it waits for the resumption.
 */
export function deliver(
  egress: Pick<Egress, 'deliver'>,
  account: Account,
  session: Session,
  what: Pick<Queued, 'stanza'> & { readonly to?: Jid | undefined; readonly position?: number | undefined },
): void {
  session.sent++
  const { stanza, to, position } = what
  const queued: Queued = { n: session.sent, stanza, to, position }
  session.queue.push(queued)
  session.queueBytes += sizeOf(queued)
  if (session.at) egress.deliver(account, session.at, queued)
  session.parked?.changed()
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
    if (queued.position !== undefined) positions.push(queued.position)
  }
  session.queue.splice(0, done)
  session.confirmed = n
  if (session.queueBytes < CATCH_UP_BYTES / 2) release(session)
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
export function release(session: Session): void {
  const go = session.onDrained
  session.onDrained = undefined
  go?.()
}
