import { isBare, isFull } from '@jabiru/jid'
import { errorReply, Refusal, type Stanza, stanza as stanzaWith, withHead } from '@jabiru/stanza'
import { type Held, type LaneEnvelope, NotOwner, type OwnerEnvelope } from '@jabiru/wire'
import { type Account, availableOf } from './account.ts'
import type { Actors } from './actors.ts'
import { decideBlocklist } from './blocking.ts'
import { decideAvailability } from './broadcast.ts'
import type { Decision, Out, Rules } from './decision.ts'
import { decideDirected } from './directed.ts'
import type { Egress } from './egress.ts'
import { decideProbe } from './probe.ts'
import { decideRosterChange } from './subscription.ts'

type Own = Extract<OwnerEnvelope, { k: 'own' }>
type In = Extract<OwnerEnvelope, { k: 'in' }>

export interface IngressDeps {
  readonly actors: Actors
  readonly egress: Egress
  readonly rules: Rules
  readonly onFault: (fault: unknown, what: string) => void
}

/** The only file that hears the bus: envelopes become commands, in the mailbox of their account. */
export function createIngress({ actors, egress, rules, onFault }: IngressDeps) {
  const own = async (lease: Held, { account, session, stanza }: Own): Promise<void> => {
    const asked = withHead(stanza, { from: session.jid })
    const { type } = stanza
    if (stanza.name !== 'presence' || (type !== undefined && type !== 'unavailable' && type !== 'probe')) return
    const command = { resource: session.jid, gen: session.gen, stanza: asked }
    try {
      await actors.decide(lease, account, (now) => decideDirected(now, rules, command))
    } catch (fault) {
      if (fault instanceof NotOwner) throw fault
      if (!(fault instanceof Refusal)) onFault(fault, 'directed')
      await refuse(asked, fault instanceof Refusal ? fault : new Refusal('internal-server-error'))
    }
  }

  const refuse = async (asked: Stanza, refusal: Refusal): Promise<void> => {
    const reply = errorReply(asked, refusal)
    if (reply !== undefined) await egress.refuse(reply)
  }

  const probed = async (lease: Held, { accounts, stanza }: In): Promise<void> => {
    const { from, to, type } = stanza
    if (stanza.name !== 'presence' || type !== 'probe' || from === undefined) return
    const resource = to !== undefined && isFull(to) ? to : undefined
    const asked = accounts.filter(isBare)
    const decide = (account: Account): Decision => decideProbe(account, rules, { from, resource })
    await Promise.all(asked.map((account) => actors.decide(lease, account, decide)))
  }

  return (lease: Held, envelope: LaneEnvelope): Promise<void> => {
    if (envelope.k === 'own') return own(lease, envelope)
    if (envelope.k === 'in') return probed(lease, envelope)
    if (envelope.k === 'account-removed')
      return actors.remove(lease, envelope.account, (account) => farewell(account, rules))
    if (envelope.k === 'roster-changed') {
      const command = { ...envelope, ver: Number(envelope.ver) }
      return actors.decide(lease, envelope.account, (account) => decideRosterChange(account, rules, command))
    }
    if (envelope.k === 'blocklist')
      return actors.decide(lease, envelope.account, (account) => decideBlocklist(account, rules, envelope))
    if (envelope.k !== 'availability') throw new Error(`presence does not answer ${envelope.k}`)
    const { account, session, stanza, initial, known, directed, blocked = [] } = envelope
    const command = { resource: session.jid, gen: session.gen, stanza, initial, known, directed }
    const decide = (now: Account): Decision => {
      if (!initial && !known) return decideAvailability(now, rules, command)
      const told = decideBlocklist(now, rules, { blocked })
      const then = decideAvailability(told.account, rules, command)
      return { account: then.account, out: [...told.out, ...then.out] }
    }
    return initial ? actors.decideAfresh(lease, account, decide) : actors.decide(lease, account, decide)
  }
}

/** An account that is removed is not there any more. */
function farewell(account: Account, rules: Rules): readonly Out[] {
  return availableOf(account).flatMap(({ jid, gen }) => {
    const stanza = stanzaWith({ name: 'presence', type: 'unavailable', from: jid })
    return decideAvailability(account, rules, { resource: jid, gen, stanza, initial: false }).out
  })
}
