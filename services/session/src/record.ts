import type { Jid } from '@jabiru/jid'
import type { Stanza } from '@jabiru/stanza'
import type { Session, Skip, StreamManagement } from './account.ts'
import type { Egress, Lease } from './egress.ts'

/** What a later owner must know of a session beside its numbers: it is told by the connection manager, which cannot read it. */
export interface SessionRecord {
  readonly birth: string
  readonly since?: number
  readonly skips?: readonly Skip[]
  readonly sm?: StreamManagement
  readonly carbons: boolean
  readonly interested: boolean
  readonly wantsBlocks?: boolean
  /** Bytes that may wait, where nobody looks at the client. */
  readonly idle?: number
  readonly presence?: Stanza
  readonly priority: number
  /** Whom it has told of its presence directly. */
  readonly directed?: readonly Jid[]
}

export function recordOf(session: Session): string {
  const { birth, since, skips, sm, carbons, interested, wantsBlocks, idle, presence, priority, directed } = session
  const record: SessionRecord = {
    birth,
    since,
    carbons,
    interested,
    wantsBlocks,
    priority,
    ...(skips.length === 0 ? {} : { skips }),
    ...(sm === undefined ? {} : { sm }),
    ...(idle === undefined ? {} : { idle: idle.maxBytes }),
    ...(presence === undefined ? {} : { presence }),
    ...(directed.size === 0 ? {} : { directed: [...directed.keys()] }),
  }
  return JSON.stringify(record)
}

/** Undefined where the owner before had said nothing yet. */
export function parseRecord(text: string): SessionRecord | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by recordOf of this wire version
  return text === '' ? undefined : (JSON.parse(text) as SessionRecord)
}

/** Keeps the record at the connection manager as the session is now; false, and cheap, where nothing has changed. */
export function createKeeper(egress: Pick<Egress, 'down'>): (lease: Lease, session: Session) => boolean {
  const kept = new WeakMap<Session, { readonly text: string; readonly gen: string }>()
  return (lease, session) => {
    if (session.at === undefined) return false
    const text = recordOf(session)
    const known = kept.get(session)
    // Another generation is another connection, which has been told nothing.
    if (known?.text === text && known.gen === session.gen) return false
    kept.set(session, { text, gen: session.gen })
    egress.down(lease, session.at, { k: 'keep', conn: session.at.conn, record: text })
    return true
  }
}
