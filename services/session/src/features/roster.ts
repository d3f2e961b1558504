import { defineFeature } from '@jabiru/runtime'
import { NS } from '@jabiru/stanza'
import type { IqRequest, SessionFeature } from '../feature.ts'
import { refuseOthers } from '../strangers.ts'

interface RosterDeps {
  /** Whether the asker may see the account's presence. */
  readonly maySee: (request: IqRequest) => Promise<boolean>
}

/**
 * An account's own clients are answered by the roster service; nobody else is.
 * NOTSPEC(RFC 6121 §2.3.3): `forbidden` would tell a stranger that the account is there, who learns that nowhere else.
 */
export const roster = ({ maySee }: RosterDeps): SessionFeature => {
  const route = { name: 'query', ns: NS.roster, at: ['account'], answer: refuseOthers(maySee) } as const
  return defineFeature({
    name: 'roster',
    specs: [],
    iq: [
      { ...route, type: 'get' },
      { ...route, type: 'set' },
    ],
  })
}
