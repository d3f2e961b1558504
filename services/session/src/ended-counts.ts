import { type LiveState, StateUnavailable } from '@jabiru/state'
import type { Account, Session } from './account.ts'

/** How far sessions were that could be resumed and have ended, for who comes too late, at a later owner too. XEP-0198 §5. */
export interface EndedCounts {
  readonly ended: (account: Account, session: Session) => void
  /** Undefined where nothing is known. */
  readonly read: (account: Account, id: string) => Promise<number | undefined>
}

export interface EndedCountsDeps {
  readonly state: Pick<LiveState, 'mirror' | 'read'>
  readonly onUnavailable: (fault: StateUnavailable) => void
  readonly onFault: (fault: unknown) => void
}

const KEPT_MS = 3_600_000
/** Ours are shorter. */
const MOST_LENGTH = 64

const scopeOf = ({ part }: Account) => `session.${part}`
const keyOf = ({ jid }: Account, id: string) => `ended:${jid}:${id}`

export function createEndedCounts({ state, onUnavailable, onFault }: EndedCountsDeps): EndedCounts {
  const fails = (fault: unknown) => (fault instanceof StateUnavailable ? onUnavailable(fault) : onFault(fault))
  return {
    ended: (account, session) => {
      const { sm, committed } = session
      if (sm?.id === undefined) return
      const key = keyOf(account, sm.id)
      committed.then(
        () => {
          const fence = { scope: scopeOf(account), token: account.token }
          state.mirror(fence, new Map([[key, String(session.handled - sm.inBase)]]), KEPT_MS).catch(fails)
        },
        // The next owner has the session, or knows as little.
        () => undefined,
      )
    },
    read: async (account, id) => {
      if (id.length > MOST_LENGTH) return undefined
      const key = keyOf(account, id)
      const text = (await state.read(scopeOf(account), [key])).get(key)
      return text === undefined ? undefined : Number(text)
    },
  }
}
