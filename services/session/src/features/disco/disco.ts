import {
  type Contacts,
  capsNode,
  NS_CAPS,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  renderDiscoInfo,
  renderDiscoItems,
  serverCaps,
  serverInfo,
} from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import { Refusal } from '@jabiru/stanza'
import { availableSessions } from '../../account.ts'
import type { DiscoNodes, IqRequest, SessionFeature } from '../../feature.ts'

export interface DiscoDeps {
  /** What all services offer at the domain. */
  readonly serverFeatures: () => readonly string[]
  readonly accountFeatures: () => readonly string[]
  /** The nodes of the server. */
  readonly nodes: () => readonly DiscoNodes[]
  /** How the operator can be reached. */
  readonly contacts: Contacts
  /** Whether the asker may see the account's presence. */
  readonly maySee: (request: IqRequest) => Promise<boolean>
}

const OWN: readonly string[] = [NS_DISCO_INFO, NS_DISCO_ITEMS]

/** XEP-0030 §7: a node that is not there. */
function refuseNodes({ payload }: IqRequest): void {
  if (payload.attrs['node'] !== undefined) throw new Refusal('item-not-found')
}

/** XEP-0030: what the server and its accounts are, what they can, and what is found at them. */
export const disco = (deps: DiscoDeps): SessionFeature => {
  const tellServer = (request: IqRequest) => {
    const { node } = request.payload.attrs
    const [found] = node === undefined ? [] : deps.nodes().flatMap((of) => of.info(node, request) ?? [])
    if (found !== undefined) return [renderDiscoInfo({ node, ...found })]
    const info = serverInfo(deps.serverFeatures(), deps.contacts)
    // XEP-0115 §6.2: what the hash stands for, under the name that holds it.
    if (node !== undefined && node !== capsNode(serverCaps(info))) refuseNodes(request)
    return [renderDiscoInfo({ node, ...info })]
  }
  // XEP-0030 §8: to a stranger an account looks like one that does not exist.
  const visible = async (request: IqRequest) => {
    if (!(await deps.maySee(request))) throw new Refusal('service-unavailable')
    refuseNodes(request)
  }
  const tellAccount = async (request: IqRequest) => {
    await visible(request)
    const identities = [{ category: 'account', type: 'registered' }]
    return [renderDiscoInfo({ identities, features: deps.accountFeatures(), forms: [] })]
  }
  const listAccount = async (request: IqRequest) => {
    await visible(request)
    // XEP-0030 §4.1: the resources that who sees the account's presence knows of.
    return [renderDiscoItems({ items: availableSessions(request.account).map(({ jid }) => ({ jid })) })]
  }
  const listServer = (request: IqRequest) => {
    const { node } = request.payload.attrs
    const found = node === undefined ? undefined : deps.nodes().find((of) => of.items(node, request) !== undefined)
    if (node !== undefined && found !== undefined)
      return [renderDiscoItems({ node, items: found.items(node, request) ?? [] })]
    refuseNodes(request)
    return [renderDiscoItems({ items: [] })]
  }
  const info = { type: 'get', name: 'query', ns: NS_DISCO_INFO } as const
  const items = { type: 'get', name: 'query', ns: NS_DISCO_ITEMS } as const
  return defineFeature({
    name: 'disco',
    specs: [
      { doc: 'XEP-0030', version: '2.5.0', status: 'complete' },
      { doc: 'XEP-0115', version: '1.6.0', status: 'partial', note: 'its own; it keeps nobody else’s' },
      { doc: 'XEP-0128', version: '1.0.1', status: 'complete' },
      { doc: 'XEP-0157', version: '1.1.1', status: 'complete' },
    ],
    disco: [...OWN, NS_CAPS],
    accountDisco: OWN,
    iq: [
      { ...info, at: ['server'], answer: tellServer },
      { ...info, at: ['own-account', 'account'], answer: tellAccount },
      { ...items, at: ['server'], answer: listServer },
      { ...items, at: ['own-account', 'account'], answer: listAccount },
    ],
  })
}
