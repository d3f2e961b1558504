import { randomBytes } from 'node:crypto'
import type { ConnectionRef } from '@jabiru/wire'
import type { Account, Session } from './account.ts'
import { blankSession } from './blank-session.ts'
import type { Egress } from './egress.ts'

/** What happens to an older session when a client asks for its resource. RFC 6120 §7.7.2.2. */
export type ConflictPolicy = 'replace' | 'rename' | 'refuse'

export interface BindDeps {
  readonly egress: Pick<Egress, 'down'>
  readonly conflict: ConflictPolicy
  readonly sessionsPerAccount: number
  /** Ends a session whose resource is wanted. */
  readonly replace: (account: Account, session: Session) => void
}

const random = () => randomBytes(16).toString('base64url')

/** Binds a resource to a connection. RFC 6120 §7. */
export function bind(deps: BindDeps, account: Account, at: ConnectionRef, wanted: string | undefined): void {
  // A new owner gets what the owner before had not acknowledged: it may have bound it all the same.
  const same = [...account.sessions.values()].find((session) => isSame(session.at, at))
  if (same)
    return deps.egress.down(account, at, { k: 'bound', conn: at.conn, session: { jid: same.jid, gen: same.gen } })
  const older = wanted === undefined ? undefined : account.sessions.get(wanted)
  // A session that waits for its client gives way to the client itself, whatever the policy.
  const policy = older?.parked ? 'replace' : deps.conflict
  if (older !== undefined && policy === 'refuse') return fail(deps, account, at, 'conflict')
  if (older !== undefined && policy === 'replace') deps.replace(account, older)
  else if (!makeRoom(deps, account)) return fail(deps, account, at, 'resource-constraint')
  // RFC 6120 §7.6: a resource that the server makes cannot be guessed.
  const resource = wanted === undefined || account.sessions.has(wanted) ? random() : wanted
  const fresh = blankSession(account, resource, { birth: random(), gen: account.nextGeneration() })
  const session = { ...fresh, at }
  account.sessions.set(resource, session)
  const ref = { jid: session.jid, gen: session.gen }
  deps.egress.down(account, at, { k: 'bound', conn: at.conn, session: ref })
}

const isSame = (a: ConnectionRef | undefined, b: ConnectionRef) =>
  a?.conn === b.conn && a.cm.id === b.cm.id && a.cm.epoch === b.cm.epoch

function fail(
  { egress }: BindDeps,
  account: Account,
  at: ConnectionRef,
  condition: 'conflict' | 'resource-constraint',
): void {
  egress.down(account, at, { k: 'bind-failed', conn: at.conn, condition })
}

/** Where there is no room, the session that has waited longest for its client gives way. RFC 6120 §7.6.2.1. */
function makeRoom(deps: BindDeps, account: Account): boolean {
  if (account.sessions.size < deps.sessionsPerAccount) return true
  const oldest = [...account.sessions.values()].find(({ parked }) => parked !== undefined)
  if (oldest) deps.replace(account, oldest)
  return account.sessions.size < deps.sessionsPerAccount
}
