import { DEFAULT_PARTITIONS, partitionOf } from '@jabiru/cluster'
import { bareOf, parseJid, resourceOf } from '@jabiru/jid'
import { routeMessage } from '@jabiru/routing'
import { messageType, type Stanza } from '@jabiru/stanza'
import { phoneOf, samplesOf, stanzaSamples, userAt } from './samples.ts'
import { type Unit, unitOver } from './unit.ts'

/** One account with a phone, a laptop and a client that wants nothing by itself. */
const resourcesOf = (n: number) => [
  { resource: `phone.${n}`, available: true, priority: 5 },
  { resource: `laptop.${n}`, available: true, priority: 0 },
  { resource: `log.${n}`, available: true, priority: -1 },
]

/** From an address to those who are to have the stanza. */
export async function routingUnits(): Promise<readonly Unit[]> {
  const accounts = new Map(samplesOf((n) => [userAt(n), resourcesOf(n)] as const))
  const route = (stanza: Stanza): number => {
    const { to } = stanza
    if (to === undefined) return 0
    const account = bareOf(to)
    const resources = accounts.get(account) ?? []
    const target = { accountExists: resources.length > 0, resource: resourceOf(to), resources }
    const decision = routeMessage(messageType(stanza.type), target)
    return partitionOf(account, DEFAULT_PARTITIONS) + (decision.do === 'deliver' ? decision.to.length : 0)
  }
  return [
    unitOver(
      samplesOf(phoneOf),
      { name: 'address', what: 'a full JID in ASCII is read' },
      (text) => parseJid(text).length,
    ),
    unitOver(
      samplesOf(userAt),
      { name: 'partition', what: 'the partition of an account' },
      (address) => 1 + partitionOf(address, DEFAULT_PARTITIONS),
    ),
    unitOver(
      stanzaSamples(),
      { name: 'route', what: 'partition of the recipient, and which of his three resources have the message' },
      route,
    ),
  ]
}
