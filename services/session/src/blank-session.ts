import { withResource } from '@jabiru/jid'
import type { Account, Session } from './account.ts'
import { Answers } from './answers.ts'
import { Done } from './done.ts'
import { Requests } from './requests.ts'

/** A session of which nothing has come and to which nothing has gone. It has no socket, and is not of the account yet. */
export function blankSession(
  account: Account,
  resource: string,
  { birth, gen }: Pick<Session, 'birth' | 'gen'>,
): Session {
  return {
    jid: withResource(account.jid, resource),
    resource,
    birth,
    since: account.position,
    skips: [],
    gen,
    idle: undefined,
    at: undefined,
    handled: 0,
    durable: 0,
    answered: new Done(),
    early: new Done(),
    answers: new Answers(),
    requests: new Requests(),
    committed: Promise.resolve(),
    sent: 0,
    confirmed: 0,
    unstored: new Set(),
    queue: [],
    queueBytes: 0,
    sm: undefined,
    carbons: false,
    interested: false,
    wantsBlocks: false,
    presence: undefined,
    priority: 0,
    directed: new Map(),
    backlog: undefined,
    onDrained: undefined,
    parked: undefined,
    changed: () => {},
  }
}
