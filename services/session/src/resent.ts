import { createHash } from 'node:crypto'
import { originIdOf } from '@jabiru/protocol'
import { renderStanza, type Stanza } from '@jabiru/stanza'
import type { Session } from './account.ts'

/** So long a message is known again: longer than a session waits for its client. */
export const KNOWN_MS = 10 * 60_000
/** So many messages of an account are known again. */
export const KNOWN_MOST = 500

/** A message that an account has sent, as its archive has it. */
export interface SentRow {
  readonly id: string
  readonly position: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly to: string
  readonly from: string
  readonly originId: string
  readonly stanza: string
}

interface Known {
  readonly id: string
  readonly position: number
  readonly at: number
  /** The session's resource. */
  readonly resource: string
  /** Undefined where an owner before has taken it in. */
  readonly birth: string | undefined
}

/**
 * What an account's sessions have sent lately under an id of their own (XEP-0359 §2.2), so that what a client sends again
 * after a fresh login is the same message: the same origin-id, addressee and content, of a session that was not closed.
 * An id alone proves nothing, for clients use one again.
 */
export class Sent {
  readonly #known = new Map<string, Known>()

  /** In the order of the archive. */
  constructor(rows: readonly SentRow[] = []) {
    for (const { originId, to, from, stanza, ...row } of rows) {
      this.#note(keyOf(originId, to, stanza), { ...row, resource: from.slice(from.indexOf('/') + 1), birth: undefined })
    }
  }

  /** The id under which the message is admitted: that of the one it repeats, or its own. `position`: the last one given before it. */
  idOf(session: Session, s: Stanza, own: string, { position, at }: Pick<Known, 'position' | 'at'>): string {
    const originId = originIdOf(s)
    if (originId === undefined) return own
    const key = keyOf(originId, s.to ?? '', renderStanza(s))
    const known = this.#known.get(key)
    const id = known !== undefined && isOfAnEarlier(session, known) && at - known.at < KNOWN_MS ? known.id : own
    this.#note(key, { id, position, at, resource: session.resource, birth: session.birth })
    return id
  }

  /** The client has closed the session: it sends nothing of it again. */
  closed({ resource }: Session): void {
    for (const [key, known] of this.#known) if (known.resource === resource) this.#known.delete(key)
  }

  #note(key: string, known: Known): void {
    this.#known.delete(key)
    this.#known.set(key, known)
    for (const [oldest, { at }] of this.#known) {
      if (this.#known.size <= KNOWN_MOST && known.at - at < KNOWN_MS) break
      this.#known.delete(oldest)
    }
  }
}

const isOfAnEarlier = ({ birth, since }: Session, known: Known) => known.birth !== birth && known.position <= since

/** From the end of the opening tag on, which alone differs from session to session. */
const keyOf = (originId: string, to: string, stanza: string) =>
  createHash('sha256')
    .update(`${originId}\n${to}\n${stanza.slice(stanza.indexOf('>'))}`)
    .digest('base64url')
    .slice(0, 22)
