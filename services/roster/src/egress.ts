import { type BareJid, bareOf, type DomainJid, domainOf, localOf } from '@jabiru/jid'
import type { ContactJid } from '@jabiru/protocol'
import type { Stanza } from '@jabiru/stanza'
import type { Endpoint, OwnerEnvelope } from '@jabiru/wire'
import type { Out, Said } from './decision.ts'
import type { Saying } from './speech.ts'

/** The only place from which this service speaks to others. */
export interface Egress {
  readonly sayings: (owner: BareJid, out: readonly Out[]) => readonly Saying[]
  /** An error for whoever sent something that this service refuses. */
  readonly refuse: (reply: Stanza) => Promise<void>
  readonly isReachable: (contact: ContactJid) => boolean
}

export function createEgress(endpoint: Pick<Endpoint, 'send' | 'partitionOf'>, domains: readonly DomainJid[]): Egress {
  const served = new Set<DomainJid>(domains)

  const inbound = (group: 'session' | 'roster', account: ContactJid, { stanza, trace }: Said) => {
    const envelope = { k: 'in', accounts: [account], stanza } as const
    return endpoint.send(group, endpoint.partitionOf(account), trace === undefined ? envelope : { ...envelope, trace })
  }

  const tell = (group: 'session' | 'presence', account: BareJid, out: Extract<Out, { to: 'push' | 'presence' }>) => {
    const envelope: OwnerEnvelope = { k: 'roster-changed', account, ...out.told }
    return endpoint.send(group, endpoint.partitionOf(account), envelope)
  }

  const said = (owner: BareJid, out: Out): (() => Promise<void>) => {
    if (out.to === 'push') return () => tell('session', owner, out)
    if (out.to === 'presence') return () => tell('presence', owner, out)
    if (out.to === 'contact') {
      const contact = out.stanza.to
      return () => (contact === undefined ? Promise.resolve() : inbound('roster', bareOf(contact), out))
    }
    return () => inbound('session', owner, out)
  }

  return {
    sayings: (owner, out) =>
      out.map((one) => ({
        say: said(owner, one),
        first: one.to === 'presence',
        awaited: one.to !== 'contact' || one.again !== true,
      })),
    refuse: (reply) => {
      const { to } = reply
      if (to === undefined || !served.has(domainOf(to))) return Promise.resolve()
      return inbound('session', bareOf(to), { stanza: reply })
    },
    isReachable: (contact) => served.has(domainOf(contact)) && localOf(contact) !== undefined,
  }
}
