import { bareOf, type DomainJid, domainOf, isBare, localOf } from '@jabiru/jid'
import type { ContactJid } from '@jabiru/protocol'
import type { Stanza } from '@jabiru/stanza'
import type { Endpoint } from '@jabiru/wire'
import type { Out } from './decision.ts'

/** The only place from which this service speaks to others. */
export interface Egress {
  /** Says everything in order, one envelope for each partition. Resolves when it is committed by those who hear it. */
  readonly say: (out: readonly Out[]) => Promise<void>
  /** An error for whoever sent something that this service refuses. */
  readonly refuse: (reply: Stanza) => Promise<void>
  readonly isReachable: (address: ContactJid) => boolean
}

export function createEgress(endpoint: Pick<Endpoint, 'send' | 'partitionOf'>, domains: readonly DomainJid[]): Egress {
  const served = new Set<DomainJid>(domains)
  const isReachable = (address: ContactJid) => served.has(domainOf(address)) && localOf(address) !== undefined

  const sendTo = (group: 'session' | 'presence', { accounts, stanza, trace }: Omit<Out, 'to'>) =>
    [...byPartition(accounts, endpoint.partitionOf)].map(([part, there]) => {
      const envelope = { k: 'in', accounts: there, stanza } as const
      return endpoint.send(group, part, trace === undefined ? envelope : { ...envelope, trace })
    })

  return {
    say: async (out) => {
      await Promise.all(out.flatMap((one) => sendTo(one.to === 'probe' ? 'presence' : 'session', one)))
    },
    refuse: async ({ to, ...stanza }) => {
      if (to !== undefined && isReachable(bareOf(to)))
        await Promise.all(sendTo('session', { accounts: [bareOf(to)], stanza: { ...stanza, to } }))
    },
    isReachable,
  }
}

function byPartition(accounts: readonly ContactJid[], partitionOf: (address: string) => number) {
  const parts = new Map<number, ContactJid[]>()
  for (const account of accounts) {
    if (!isBare(account)) continue
    const part = partitionOf(account)
    const there = parts.get(part)
    if (there === undefined) parts.set(part, [account])
    else there.push(account)
  }
  return parts
}
