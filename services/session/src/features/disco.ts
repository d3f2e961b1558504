import { NS_DISCO_INFO, NS_DISCO_ITEMS, renderDiscoInfo, renderDiscoItems } from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import { Refusal } from '@jabiru/stanza'
import type { IqRequest, SessionFeature } from '../feature.ts'

interface DiscoDeps {
  /** What all services offer at the domain. */
  readonly serverFeatures: () => readonly string[]
  readonly accountFeatures: () => readonly string[]
  /** Whether the asker may see the account's presence. */
  readonly maySee: (request: IqRequest) => Promise<boolean>
}

const OWN: readonly string[] = [NS_DISCO_INFO, NS_DISCO_ITEMS]

/** XEP-0030: no node is known here. */
function refuseNodes({ payload }: IqRequest): void {
  if (payload.attrs['node'] !== undefined) throw new Refusal('item-not-found')
}

export const disco = (deps: DiscoDeps): SessionFeature => {
  const serverInfo = (request: IqRequest) => {
    refuseNodes(request)
    const identities = [{ category: 'server', type: 'im', name: 'Jabiru' }]
    return [renderDiscoInfo({ identities, features: deps.serverFeatures(), forms: [] })]
  }
  // XEP-0030 §8: to a stranger an account looks like one that does not exist.
  const visible = async (request: IqRequest) => {
    if (!(await deps.maySee(request))) throw new Refusal('service-unavailable')
    refuseNodes(request)
  }
  const accountInfo = async (request: IqRequest) => {
    await visible(request)
    const identities = [{ category: 'account', type: 'registered' }]
    return [renderDiscoInfo({ identities, features: deps.accountFeatures(), forms: [] })]
  }
  const accountItems = async (request: IqRequest) => {
    await visible(request)
    return [renderDiscoItems({ items: [] })]
  }
  const serverItems = (request: IqRequest) => {
    refuseNodes(request)
    return [renderDiscoItems({ items: [] })]
  }
  const info = { type: 'get', name: 'query', ns: NS_DISCO_INFO } as const
  const items = { type: 'get', name: 'query', ns: NS_DISCO_ITEMS } as const
  return defineFeature({
    name: 'disco',
    specs: [{ doc: 'XEP-0030', version: '2.5.0', status: 'complete' }],
    disco: OWN,
    accountDisco: OWN,
    iq: [
      { ...info, at: ['server'], answer: serverInfo },
      { ...info, at: ['own-account', 'account'], answer: accountInfo },
      { ...items, at: ['server'], answer: serverItems },
      { ...items, at: ['own-account', 'account'], answer: accountItems },
    ],
  })
}
