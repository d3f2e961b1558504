import { bareOf, domainOf, type Jid } from '@jabiru/jid'
import { isBlocked, refusalOfBlocked } from '@jabiru/protocol'
import { errorReply, Refusal, type Stanza } from '@jabiru/stanza'
import type { Account } from '../../account.ts'

/** XEP-0191 §4: nobody is kept from their own resources; and the account's own server answers for it. */
function isOwn({ jid }: Pick<Account, 'jid'>, other: Jid): boolean {
  return bareOf(other) === jid || other === domainOf(jid)
}

/** Whether the account has blocked what another address sends, or what is sent to it. */
export function blocks(account: Pick<Account, 'jid' | 'blocked'>, other: Jid | undefined): boolean {
  if (other === undefined || account.blocked.size === 0) return false
  return isBlocked(account.blocked, other) && !isOwn(account, other)
}

/** XEP-0191 §3.3: what the account's client is told who writes to an address that is blocked; nothing where nothing may be. */
export function answerToOwn(s: Stanza): Stanza | undefined {
  return errorReply(s, refusalOfBlocked())
}

/** XEP-0191 §3.3: presence has no answer; anything else is answered as if nobody was there. */
export function refuseBlocked(s: Stanza): void {
  if (s.name !== 'presence') throw new Refusal('service-unavailable')
}
