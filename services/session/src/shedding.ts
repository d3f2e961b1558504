import type { Jid } from '@jabiru/jid'
import type { Stanza } from '@jabiru/stanza'
import type { Account, Session } from './account.ts'
import { deliver } from './delivery.ts'
import type { Egress } from './egress.ts'
import { waitsAs } from './features/client-state/policy.ts'

/** What a session is to be given. */
interface Given {
  readonly stanza: Stanza
  readonly to?: Jid | undefined
}

type Giving = Pick<Egress, 'deliver' | 'down' | 'room'>

/** What waits, and what it is to be said by: where it is traced, under its trace. */
interface Waiting {
  readonly egress: Giving
  readonly given: Given
}

export interface SheddingDeps {
  readonly onShed: (kind: 'presence' | 'typing') => void
}

/**
 * Gives a session what may be shed: typing is dropped while its connection manager does not keep up, and of what
 * somebody broadcasts about being there the last waits. Nothing else is ever left out.
 */
export interface Shedding {
  readonly give: (egress: Giving, account: Account, session: Session, given: Given) => void
}

/** Told to all who may see it; RFC 6121 §4.4. Its end, and what is said to one alone, is more. */
const isBroadcast = ({ name, type, to }: Stanza) => name === 'presence' && type === undefined && to === undefined

const isTyping = (s: Stanza) => s.name === 'message' && waitsAs(s) !== undefined

export function createShedding({ onShed }: SheddingDeps): Shedding {
  const waiting = new WeakMap<Session, Map<Jid, Waiting>>()

  const goOn = async ({ room: roomOf }: Giving, account: Account, session: Session): Promise<void> => {
    const roomFor = () => session.at && roomOf(session.at.cm)
    for (let room = roomFor(); room !== undefined; room = roomFor()) await room
    const all = [...(waiting.get(session)?.values() ?? [])]
    waiting.delete(session)
    if (account.sessions.get(session.resource) !== session) return
    for (const { egress, given } of all) account.outbox.add(() => deliver(egress, account, session, given))
  }

  const wait = (account: Account, session: Session, from: Jid, one: Waiting) => {
    const known = waiting.get(session)
    if (known?.delete(from)) onShed('presence')
    waiting.set(session, (known ?? new Map<Jid, Waiting>()).set(from, one))
    if (known === undefined) void goOn(one.egress, account, session)
  }

  return {
    give: (egress, account, session, given) => {
      const { stanza } = given
      const isCrowded = session.at !== undefined && egress.room(session.at.cm) !== undefined
      if (isCrowded && isTyping(stanza)) return onShed('typing')
      const { from } = stanza
      if (from !== undefined && stanza.name === 'presence') {
        if (isBroadcast(stanza) && (isCrowded || waiting.has(session))) {
          return wait(account, session, from, { egress, given })
        }
        // What comes now is later than what waits.
        waiting.get(session)?.delete(from)
      }
      deliver(egress, account, session, given)
    },
  }
}
