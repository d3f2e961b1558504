import { defineFeature } from '@jabiru/runtime'
import { Refusal } from '@jabiru/stanza'
import { NotOwner } from '@jabiru/wire'
import { children, parseElement, serialize } from '@jabiru/xml'
import type { IqRequest, SessionFeature } from '../../feature.ts'
import { refuseOthers } from '../../strangers.ts'
import { inTurn } from '../../turns.ts'
import type { VcardStore } from './store.ts'

export const NS_VCARD = 'vcard-temp'

export interface VcardDeps {
  readonly store: VcardStore
  readonly mostBytes: number
  /** Whether the asker may see the account's presence. */
  readonly maySee: (request: IqRequest) => Promise<boolean>
}

/**
 * XEP-0054: what an account says of itself, to anybody and whether or not it is there. The picture within it is kept as it
 * comes; its hash in presence is the client's to tell (XEP-0153).
 * NOTSPEC(XEP-0054 §3.2): `forbidden` would tell a stranger that the account is there, who learns that nowhere else.
 */
export const vcard = ({ store, mostBytes, maySee }: VcardDeps): SessionFeature => {
  const tell = async ({ account, session }: IqRequest) => {
    const xml = await inTurn(account, () => store.read(account))
    if (xml !== undefined) return [parseElement(xml, NS_VCARD)]
    // XEP-0054 §3.3: to others an account without a vCard is like one that does not exist.
    throw new Refusal(session === undefined ? 'service-unavailable' : 'item-not-found')
  }

  const keep = async ({ account, payload }: IqRequest) => {
    const xml = children(payload).length === 0 ? undefined : serialize(payload, NS_VCARD)
    if (xml !== undefined && Buffer.byteLength(xml) > mostBytes)
      throw new Refusal('resource-constraint', { text: `a vCard has at most ${mostBytes} bytes` })
    const written = await inTurn(account, () => store.write(account, xml))
    if (written === 'fenced') throw new NotOwner(`${account.jid} has moved`)
    return []
  }

  const route = { name: 'vCard', ns: NS_VCARD } as const
  return defineFeature({
    name: 'vcard',
    specs: [
      { doc: 'XEP-0054', version: '1.3.0', status: 'complete' },
      { doc: 'XEP-0153', version: '1.1.1', status: 'complete' },
    ],
    disco: [NS_VCARD],
    accountDisco: [NS_VCARD],
    iq: [
      { ...route, type: 'get', at: ['own-account', 'account'], answer: tell },
      { ...route, type: 'set', at: ['own-account'], answer: keep },
      { ...route, type: 'set', at: ['account'], answer: refuseOthers(maySee) },
    ],
  })
}
