import { hash } from 'node:crypto'
import { originIdOf } from '@jabiru/protocol'
import { renderStanza, type Stanza } from '@jabiru/stanza'
import type { Session, Skip } from './account.ts'

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
  /** Undefined where its client gives none. */
  readonly originId: string | undefined
  /** The attribute that its client has given it. */
  readonly stanzaId: string | undefined
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
  /** The attribute that its client has given it, of what an owner before has taken in. */
  readonly mark: string | undefined
}

/** So many stanzas a client gives up at most, where what it sends again is to be known. */
const SKIPPED_MOST = 100

/**
 * Up to this number a session is asked for each of its ids whether a message is its own: every one costs a hash. What is
 * sent again after a login is among the first that is sent, and of an account that much is known.
 */
export const OWN_MOST = 2 * KNOWN_MOST

/** A message as a client sends it: its number in the session, and the id that it has under a number. */
export interface Sending {
  readonly n: number
  readonly idAt: (n: number) => string
  /** The last position given before it. */
  readonly position: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/**
 * What an account's sessions have sent lately, so that what a client sends again is the same message. After a fresh login
 * that is what has the same origin-id (XEP-0359 §2.2), addressee and content, of a session that was not closed; an id
 * alone proves nothing, for clients use one again. In a session that was resumed it is what has the id of a number that
 * the session has not come to again: its client has given up something before it.
 */
export class Sent {
  readonly #known = new Map<string, Known>()

  /** In the order of the archive. */
  constructor(rows: readonly SentRow[] = []) {
    for (const { originId, stanzaId, to, from, stanza, ...row } of rows) {
      const resource = from.slice(from.indexOf('/') + 1)
      this.#note(keyOf(originId, to, stanza), { ...row, resource, birth: undefined, mark: markOf(stanzaId) })
    }
  }

  /** The id under which the message is admitted: that of the one it repeats, or its own. */
  idOf(session: Session, s: Stanza, sending: Sending): string {
    const { position, at } = sending
    const originId = originIdOf(s)
    // Without an origin-id it can only be known from an owner before.
    if (originId === undefined && this.#known.size === 0) return sending.idAt(sending.n + skippedBy(session))
    const key = keyOf(originId, s.to ?? '', renderStanza(s))
    const known = this.#known.get(key)
    const isResent = known !== undefined && originId !== undefined && isOfAnEarlier(session, known, s.id, sending)
    if (known?.birth === undefined && !isResent) skip(session, sending.n, skippedBefore(known?.id, session, sending))
    const id = isResent && at - known.at < KNOWN_MS ? known.id : sending.idAt(sending.n + skippedBy(session))
    if (originId !== undefined || known !== undefined) {
      this.#note(key, { id, position, at, resource: session.resource, birth: session.birth, mark: undefined })
    }
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

/** So many changes are told to a later owner. */
const SKIPS_MOST = 10

function skip(session: Session, n: number, more: number): void {
  if (more === 0) return
  session.skips.push([n, skippedBy(session) + more])
  if (session.skips.length > SKIPS_MOST) session.skips.shift()
}

/** How many stanzas its client has given up by now. */
export const skippedBy = ({ skips }: Pick<Session, 'skips'>): number => skips.at(-1)?.[1] ?? 0

/**
 * How many stanzas its client had given up when it sent its `n`th. Who resumes sends all again that comes after what was
 * handled, with what it has not given up yet in between.
 */
export function skippedAt(skips: readonly Skip[], n: number): number {
  return skips.findLast(([from]) => from <= n)?.[1] ?? 0
}

/** How many more stanzas were before the message when an owner before has taken it in. */
function skippedBefore(id: string | undefined, session: Session, { n, idAt }: Sending): number {
  if (id === undefined) return 0
  const skipped = skippedBy(session)
  for (let more = 0; more <= SKIPPED_MOST; more++) if (idAt(n + skipped + more) === id) return more
  return 0
}

/**
 * Who has the resource had it after everybody else, also where what was sent before comes to a new owner behind the login:
 * by another connection manager, or to the account itself.
 */
function isOfAnEarlier(session: Session, known: Known, stanzaId: string | undefined, sending: Sending): boolean {
  if (known.birth === session.birth) return false
  if (known.position <= session.since) return true
  if (known.resource !== session.resource) return false
  return known.birth !== undefined || (known.mark === markOf(stanzaId) && !isOwn(known.id, session, sending))
}

/** Whether the id may be one that the session has given: with its own attribute, to this number or any that it may have had. */
function isOwn(id: string, session: Session, { n, idAt }: Sending): boolean {
  const last = n + skippedBy(session)
  if (last > OWN_MOST) return true
  for (let at = last; at <= last + SKIPPED_MOST; at++) if (idAt(at) === id) return true
  for (let at = last - 1; at > 0; at--) if (idAt(at) === id) return true
  return false
}

/** So that what is kept of a stanza does not keep the whole of its text. */
const markOf = (stanzaId: string | undefined) => hash('sha256', stanzaId ?? '', 'base64url').slice(0, 22)

/** From the end of the opening tag on, which alone differs from session to session. */
const keyOf = (originId: string | undefined, to: string, stanza: string) =>
  hash('sha256', `${originId ?? ''}\n${to}\n${stanza.slice(stanza.indexOf('>'))}`, 'base64url').slice(0, 22)
