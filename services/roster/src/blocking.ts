import type { Jid } from '@jabiru/jid'
import { isBlocked } from '@jabiru/protocol'
import type { Decide, Out } from './decision.ts'
import { decideInbound, type Inbound } from './inbound.ts'
import { decideLogin, type Login } from './login.ts'

/** Whom the account has blocked. XEP-0191. */
interface Guarded {
  readonly blocked: ReadonlySet<Jid>
}

/**
 * XEP-0191 §3.3: nothing of who is blocked reaches the user or is answered, and no request is kept. That a contact ends a
 * subscription is noted all the same: otherwise it would stand again when the block goes.
 */
export const decideGuardedInbound: Decide<Inbound & Guarded> = (roster, rules, { blocked, ...inbound }) => {
  const { from } = inbound.stanza
  if (from === undefined || !isBlocked(blocked, from)) return decideInbound(roster, rules, inbound)
  if (inbound.type === 'subscribe' || inbound.type === 'subscribed') return { out: [] }
  const decision = decideInbound(roster, rules, inbound)
  return { ...decision, out: decision.out.filter(({ to }) => to === 'push' || to === 'presence') }
}

/** Requests of who is blocked wait, and who is blocked is not asked again. */
export const decideGuardedLogin: Decide<Login & Guarded> = (roster, rules, { blocked, ...login }) => {
  const { out } = decideLogin(roster, rules, login)
  return { out: out.filter((one) => !isOf(one, blocked)) }
}

function isOf(out: Out, blocked: ReadonlySet<Jid>): boolean {
  if (!('stanza' in out)) return false
  const other = out.to === 'contact' ? out.stanza.to : out.stanza.from
  return other !== undefined && isBlocked(blocked, other)
}
