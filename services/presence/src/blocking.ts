import { bareOf, isFull, type Jid } from '@jabiru/jid'
import { isBlocked } from '@jabiru/protocol'
import { stanza, withHead } from '@jabiru/stanza'
import { type Account, availableOf, isSubscriber, withResource } from './account.ts'
import type { Decide, Decision, Out, Rules } from './decision.ts'

/** Whom the account has blocked from now on, as session has committed it. */
export interface Blocklist {
  readonly blocked: readonly Jid[]
}

/**
 * XEP-0191 §3.3, §3.4: who is blocked and might see the account learns that nobody is there; who is not any more, who is.
 * What is told is the difference, so that it may be told again.
 * NOTSPEC(XEP-0191 §5): what is broadcast is addressed to bare addresses. A resource that is blocked alone is told that
 * nobody is there, and sees what its account is told later.
 */
export const decideBlocklist: Decide<Blocklist> = (account, rules, { blocked }) => {
  const now: Account = { ...account, blocked: new Set(blocked) }
  const lost = subscribers(account, now, rules)
  const found = subscribers(now, account, rules)
  const present = availableOf(account)
  const unavailable = present.flatMap(({ jid }) =>
    lost.map((to) => told(to, stanza({ name: 'presence', type: 'unavailable', from: jid }))),
  )
  const available = present.flatMap(({ presence }) => found.map((to) => told(to, presence)))
  const directly = withoutDirected(now, rules)
  return { account: directly.account, out: [...unavailable, ...directly.out, ...available] }
}

/** Those who see the account as it was and not as it is: contacts, and resources of theirs that are named alone. */
function subscribers(was: Account, is: Account, { isReachable }: Rules): readonly Jid[] {
  const contacts: readonly Jid[] = [...is.contacts.keys()]
  const named = [...is.blocked].filter((jid) => isFull(jid) && !isBlocked(is.blocked, bareOf(jid)))
  return [...contacts, ...named].filter((jid) => {
    const contact = bareOf(jid)
    const ends = isBlocked(is.blocked, jid) && !isBlocked(was.blocked, jid)
    return ends && contact !== is.owner && isSubscriber(is, contact) && isReachable(contact)
  })
}

/** RFC 6121 §4.6: what was told directly ends too, and nothing of it comes again. */
function withoutDirected(account: Account, { isReachable }: Rules): Decision {
  const isEnded = (to: Jid) => bareOf(to) !== account.owner && isBlocked(account.blocked, to)
  let now = account
  const out: Out[] = []
  for (const one of account.resources.values()) {
    const ended = [...one.directed].filter(isEnded)
    if (ended.length === 0) continue
    now = withResource(now, { ...one, directed: one.directed.difference(new Set(ended)) })
    const unavailable = stanza({ name: 'presence', type: 'unavailable', from: one.jid })
    out.push(...ended.filter((to) => isReachable(bareOf(to))).map((to) => told(to, unavailable)))
  }
  return { account: now, out }
}

const told = (to: Jid, presence: Out['stanza']): Out => ({
  to: 'accounts',
  accounts: [bareOf(to)],
  stanza: isFull(to) ? withHead(presence, { to }) : presence,
})
