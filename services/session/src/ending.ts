import { stanza } from '@jabiru/stanza'
import type { Account, Session } from './account.ts'
import type { CatchUpDeps } from './catch-up.ts'
import { catchUp } from './catch-up.ts'
import { bounce } from './iq.ts'
import { type PresenceDeps, sayUnavailable } from './presence.ts'
import { remember } from './stream-management.ts'

export type EndingDeps = CatchUpDeps & PresenceDeps

/**
 * A session ends for good. Contacts are told, requests that it never answered are, and the messages that it has
 * not confirmed go to the account's other devices or wait for the next one.
 */
export function end(deps: EndingDeps, account: Account, session: Session): void {
  if (account.sessions.get(session.resource) !== session) return
  account.sessions.delete(session.resource)
  session.parked?.cancelExpiry()
  session.onDrained?.()
  remember(account, session)
  // RFC 6121 §4.6.3: said also where only directed presence was sent; presence knows to whom.
  sayUnavailable(deps, account, session).catch(deps.onFault)
  // XEP-0198 §8: a request that the client has not answered is answered for it, whether or not it has read it.
  for (const { id, from } of session.requests.owed) {
    bounce(deps, stanza({ name: 'iq', type: 'get', id, from, to: session.jid })).catch(deps.onFault)
  }
  for (const other of account.sessions.values()) {
    if (other.at !== undefined && other.presence !== undefined && other.priority >= 0) {
      account.outbox.add(() => catchUp(deps, account, other))
    }
  }
}
