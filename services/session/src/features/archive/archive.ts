import { NS_MAM } from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import type { IqRequest, SessionFeature } from '../../feature.ts'
import { refuseOthers } from '../../strangers.ts'

interface ArchiveDeps {
  /** Whether the asker may see the account's presence. */
  readonly maySee: (request: IqRequest) => Promise<boolean>
}

/**
 * An account's own clients are answered by the archive service; nobody else is.
 * NOTSPEC(XEP-0313 §8.1): `forbidden` would tell a stranger that the account is there, who learns that nowhere else.
 */
export const archive = ({ maySee }: ArchiveDeps): SessionFeature => {
  const route = (type: 'get' | 'set', name: string) =>
    ({ type, name, ns: NS_MAM, at: ['account'], answer: refuseOthers(maySee) }) as const
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
