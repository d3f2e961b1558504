import { bareOf, isFull, type Jid } from '@jabiru/jid'
import { isBlocked } from '@jabiru/protocol'
import { type Stanza, stanza, withHead } from '@jabiru/stanza'
import { type Account, availableOf, isSubscriber } from './account.ts'
import type { Decide, Out } from './decision.ts'

/** Somebody asks whether the account is there. */
export interface Probe {
  readonly from: Jid
  /** The resource that is asked for; undefined for the account. */
  readonly resource: Jid | undefined
}

/**
 * RFC 6121 §4.3.2 and §4.6.6.
 * NOTSPEC(RFC 6121 §4.3.2 rule 1): who may not see the account gets no answer. An `unsubscribed` from a service that has
 * not heard yet of the newest subscription would end it.
 * NOTSPEC(RFC 6121 §4.3.2 rule 3): nobody there is no answer either, which is what a client takes for unavailable.
 */
export const decideProbe: Decide<Probe> = (account, _rules, { from, resource }) => {
  const asker = bareOf(from)
  // XEP-0191 §3.3: a probe from who is blocked is not answered.
  if (asker !== account.owner && isBlocked(account.blocked, from)) return { account, out: [] }
  if (asker === account.owner || isSubscriber(account, asker))
    return { account, out: reply(from, resource === undefined ? everything(account) : mere(account, resource)) }
  // RFC 6121 §4.6.6: only of the resource that has told the asker, and no more than that it is there.
  const told = [...account.resources.values()].filter(
    ({ jid, directed, presence }) =>
      presence !== undefined && (resource === undefined || jid === resource) && knows(directed, from),
  )
  return {
    account,
    out: reply(
      from,
      told.map(({ jid }) => available(jid)),
    ),
  }
}

/** NOTSPEC(RFC 6120 §8.1.3): without an id, by which nobody would answer: what the server says of itself is no request. */
const available = (from: Jid): Stanza => stanza({ name: 'presence', from })

/**
 * Rule 4: the full XML, with the id under which the resource sent it (§4.3.2.1).
 * NOTSPEC(XEP-0203 §2): without a stamp: what is said of somebody who is there is true now, whenever it was first said.
 */
function everything(account: Account): readonly Stanza[] {
  return availableOf(account).map(({ presence }) => presence)
}

/** A probe for one resource: no more than that it is there. */
function mere(account: Account, resource: Jid): readonly Stanza[] {
  return availableOf(account).flatMap(({ jid }) => (jid === resource ? [available(jid)] : []))
}

/** What went to the bare address is known to all its resources. */
function knows(directed: ReadonlySet<Jid>, asker: Jid): boolean {
  return directed.has(asker) || (isFull(asker) && directed.has(bareOf(asker)))
}

function reply(to: Jid, stanzas: readonly Stanza[]): readonly Out[] {
  return stanzas.map((one) => ({ to: 'accounts', accounts: [bareOf(to)], stanza: withHead(one, { to }) }))
}
