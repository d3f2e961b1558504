import { type BareJid, bareOf, parseJid } from '@jabiru/jid'
import { SUBSCRIPTIONS } from '@jabiru/protocol'
import type { Endpoint } from '@jabiru/wire'
import type { Contacts } from './actors.ts'

/** The roster's answer to a read: docs/architecture.md. */
interface Answer {
  readonly ver: number
  readonly items: readonly (readonly [contact: string, subscription: string])[]
}

/** Asks the owner of an account's roster. Rejects when nobody answers in time. */
export async function readContacts(
  endpoint: Pick<Endpoint, 'read' | 'partitionOf'>,
  account: BareJid,
): Promise<Contacts> {
  const text = await endpoint.read('roster', endpoint.partitionOf(account), JSON.stringify({ account }))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by a roster of the same version
  const { ver, items } = JSON.parse(text) as Answer
  return {
    ver,
    items: new Map(
      items.map(([contact, told]) => [bareOf(parseJid(contact)), SUBSCRIPTIONS.find((one) => one === told) ?? 'none']),
    ),
  }
}
