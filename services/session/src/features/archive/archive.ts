import { NS_MAM } from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import { Refusal } from '@jabiru/stanza'
import type { IqRequest, SessionFeature } from '../../feature.ts'

interface ArchiveDeps {
  /** Whether the asker may see the account's presence. */
  readonly maySee: (request: IqRequest) => Promise<boolean>
}

/**
 * An account's own clients are answered by the archive service; nobody else is.
 * NOTSPEC(XEP-0313 §8.1): `forbidden` would tell a stranger that the account is there, who learns that nowhere else.
 */
export const archive = ({ maySee }: ArchiveDeps): SessionFeature => {
  const refuse = async (request: IqRequest) => {
    throw new Refusal((await maySee(request)) ? 'forbidden' : 'service-unavailable')
  }
  const route = (type: 'get' | 'set', name: string) =>
    ({ type, name, ns: NS_MAM, at: ['account'], answer: refuse }) as const
  return defineFeature({
    name: 'archive',
    specs: [],
    iq: [
      route('set', 'query'),
      route('get', 'query'),
      route('get', 'metadata'),
      route('get', 'prefs'),
      route('set', 'prefs'),
    ],
  })
}
