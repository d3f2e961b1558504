import { NotOwner } from '@jabiru/wire'
import type { Account, Session } from './account.ts'
import type { Egress } from './egress.ts'

/**
 * Settles when what these sessions were given last outlives this owner: their connection managers have it, or the rows of
 * those without a socket. Rejects with NotOwner where the lease has not stood until then: a connection manager drops what
 * comes from an owner that was replaced, and says nothing of it.
 */
export type InHands = (account: Account, sessions: Iterable<Session>) => Promise<void> | void

export interface InHandsDeps {
  readonly egress: Pick<Egress, 'taken'>
  /** Settles when a later owner could learn what waits for the session. */
  readonly written: (session: Session) => Promise<void> | undefined
  /** Whether the lease under which the account is awake stands at this very moment. */
  readonly isOurs: (account: Account) => boolean
}

/** Connection managers, and all that could know more, end with this process. */
export const IN_HANDS: InHands = () => {}

export function createInHands({ egress, written, isOurs }: InHandsDeps): InHands {
  const held = async (session: Session): Promise<void> => {
    const { at } = session
    if (at !== undefined) await egress.taken(at.cm)
    // It had no socket, or its connection manager was given up meanwhile.
    if (session.at === undefined) await written(session)
  }

  return async (account, sessions) => {
    await Promise.all(Array.from(sessions, held))
    if (!isOurs(account)) throw new NotOwner(`${account.jid} has moved before its message was taken`)
  }
}
