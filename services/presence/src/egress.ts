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

export function createEgress(endpoint: Pick<Endpoint, 'post' | 'partitionOf'>, domains: readonly DomainJid[]): Egress {
  const served = new Set<DomainJid>(domains)
  const isReachable = (address: ContactJid) => served.has(domainOf(address)) && localOf(address) !== undefined

  const post = ({ to, accounts, stanza, trace }: Out, { add, settled }: Tally) => {
    const group = to === 'probe' ? 'presence' : 'session'
    for (const [part, there] of byPartition(accounts, endpoint.partitionOf)) {
      const envelope = { k: 'in', accounts: there, stanza } as const
      add()
      endpoint.post(group, part, trace === undefined ? envelope : { ...envelope, trace }, settled)
    }
  }

  const say: Egress['say'] = (out) => {
    const tally = createTally()
    for (const one of out) post(one, tally)
    return tally.all()
  }

  return {
    say,
    refuse: async (reply) => {
      const contact = reply.to && bareOf(reply.to)
      if (contact !== undefined && isReachable(contact))
        await say([{ to: 'accounts', accounts: [contact], stanza: reply }])
    },
    isReachable,
  }
}

/** Counts what is not settled: of a broadcast that is much, and a promise for each costs more than all else. */
interface Tally {
  readonly add: () => void
  readonly settled: () => void
  /** Nothing more is added. Resolves when all is settled. */
  readonly all: () => Promise<void>
}

function createTally(): Tally {
  const { promise, resolve } = Promise.withResolvers<void>()
  let open = 1
  const settled = () => {
    if (--open === 0) resolve()
  }
  return {
    add: () => {
      open++
    },
    settled,
    all: () => {
      settled()
      return promise
    },
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
