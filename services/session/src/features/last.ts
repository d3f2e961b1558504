import { NS_LAST, renderLast } from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import { Refusal } from '@jabiru/stanza'
import { availableSessions } from '../account.ts'
import type { IqRequest, SessionFeature } from '../feature.ts'

interface LastDeps {
  /** Wall clock, ms since 1970, and the moment at which this server started. */
  readonly now: () => number
  readonly startedAt: number
  /** Whether the asker may see the account's presence. */
  readonly maySee: (request: IqRequest) => Promise<boolean>
}

const secondsSince = (now: number, then: number) => Math.max(0, Math.floor((now - then) / 1000))

/** XEP-0012: when an account was last there, and how long the server has been up. */
export const last = (deps: LastDeps): SessionFeature => {
  const ofAccount = async (request: IqRequest) => {
    // XEP-0012 §4: only who is subscribed is told.
    if (!(await deps.maySee(request))) throw new Refusal('forbidden')
    if (availableSessions(request.account).length > 0) return [renderLast({ seconds: 0, status: '' })]
    const { lastSeen } = request.account
    if (lastSeen === undefined) throw new Refusal('item-not-found')
    return [renderLast({ seconds: secondsSince(deps.now(), lastSeen.at), status: lastSeen.status })]
  }
  const ofServer = () => [renderLast({ seconds: secondsSince(deps.now(), deps.startedAt), status: '' })]
  const route = { type: 'get', name: 'query', ns: NS_LAST } as const
  return defineFeature({
    name: 'last',
    specs: [{ doc: 'XEP-0012', version: '2.0', status: 'complete' }],
    disco: [NS_LAST],
    accountDisco: [NS_LAST],
    iq: [
      { ...route, at: ['server'], answer: ofServer },
      { ...route, at: ['own-account', 'account'], answer: ofAccount },
    ],
  })
}
