import { type BareJid, isBare, type Jid } from '@jabiru/jid'
import { errorReply, Refusal, type Stanza, withHead } from '@jabiru/stanza'
import { type Held, type LaneEnvelope, NotOwner, type OwnerEnvelope } from '@jabiru/wire'
import type { Actors } from './actors.ts'
import { decideGuardedInbound, decideGuardedLogin } from './blocking.ts'
import type { Decision, Limits, Rules } from './decision.ts'
import type { Egress } from './egress.ts'
import { decideOutbound } from './outbound.ts'
import { decideRequest, farewells } from './request.ts'
import type { Roster } from './roster.ts'
import { isSubscriptionType } from './states.ts'

type Own = Extract<OwnerEnvelope, { k: 'own' }>
type In = Extract<OwnerEnvelope, { k: 'in' }>

export interface IngressDeps {
  readonly actors: Actors
  readonly egress: Egress
  readonly limits: Limits
  /** Whom an account has blocked by now. XEP-0191. */
  readonly blocked: (owner: BareJid) => Promise<ReadonlySet<Jid>>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly onFault: (fault: unknown, what: string) => void
}

/** The only file that hears the bus: envelopes become commands, in the mailbox of their account. */
export function createIngress({ actors, egress, limits, blocked, now, onFault }: IngressDeps) {
  const blockedOf = (lease: Held, owner: BareJid) => actors.patiently(lease, () => blocked(owner))
  const rulesOf = (owner: BareJid): Rules => ({ owner, now: now(), limits, isReachable: egress.isReachable })

  /** A refusal is told to `asker`; a fault of ours too, without saying which. */
  const answered = async (work: Promise<void>, asked: Stanza, what: string): Promise<void> => {
    try {
      await work
    } catch (fault) {
      if (fault instanceof Refusal) return tell(asked, fault)
      // The next owner answers.
      if (fault instanceof NotOwner) throw fault
      onFault(fault, what)
      return tell(asked, new Refusal('internal-server-error'))
    }
  }

  const tell = (asked: Stanza, refusal: Refusal): Promise<void> => {
    const reply = errorReply(asked, refusal)
    return reply === undefined ? Promise.resolve() : egress.refuse(reply)
  }

  const own = (lease: Held, { account, session, stanza }: Own): Promise<void> | undefined => {
    const asked = withHead(stanza, { from: session.jid })
    const decide = (command: (roster: Roster) => Decision) =>
      answered(actors.decide(lease, account, command), asked, `own_${stanza.name}`)
    if (stanza.name === 'iq')
      return decide((roster) => decideRequest(roster, rulesOf(account), { iq: asked, asker: session.jid }))
    const { type } = stanza
    if (stanza.name !== 'presence' || !isSubscriptionType(type)) return undefined
    return decide((roster) => decideOutbound(roster, rulesOf(account), { type, stanza }))
  }

  const fromContact = async (lease: Held, { accounts, stanza }: In): Promise<void> => {
    const { type } = stanza
    if (stanza.name !== 'presence' || !isSubscriptionType(type)) return
    const done = accounts.filter(isBare).map(async (account) => {
      try {
        await actors.decide(lease, account, async (roster) =>
          decideGuardedInbound(roster, rulesOf(account), { type, stanza, blocked: await blockedOf(lease, account) }),
        )
      } catch (fault) {
        if (!(fault instanceof Refusal)) throw fault
        await tell(withHead(stanza, { to: account }), fault)
      }
    })
    await Promise.all(done)
  }

  const removed = (lease: Held, account: BareJid) =>
    actors.erase(lease, account, (roster) => ({
      out: [...roster.items.values()].flatMap((item) => farewells(rulesOf(account), item)),
    }))

  return (lease: Held, envelope: LaneEnvelope): Promise<void> | undefined => {
    if (envelope.k === 'own') return own(lease, envelope)
    if (envelope.k === 'in') return fromContact(lease, envelope)
    if (envelope.k === 'account-removed') return removed(lease, envelope.account)
    if (envelope.k !== 'availability') throw new Error(`roster does not answer ${envelope.k}`)
    const { account, session, initial } = envelope
    if (!initial) return undefined
    return actors.decide(lease, account, async (roster) => {
      const waits = roster.requests.size > 0 || [...roster.items.values()].some(({ ask }) => ask)
      const command = { resource: session.jid, blocked: waits ? await blockedOf(lease, account) : new Set<Jid>() }
      return decideGuardedLogin(roster, rulesOf(account), command)
    })
  }
}
