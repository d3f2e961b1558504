import { randomBytes } from 'node:crypto'
import { commandRefusal, type Submission } from '@jabiru/protocol'
import { dropOldest } from '@jabiru/runtime'
import type { Session } from '../../account.ts'

/** A command between two requests of the client that runs it. */
export interface Run {
  readonly node: string
  /** The forms that were filled in; the next one is waited for. */
  readonly filled: readonly Submission[]
}

/** The commands that clients have begun: in memory, with the session of the client, and no longer than that. */
export interface Running {
  /** Keeps a run under a new id. */
  readonly begin: (session: Session, run: Run) => string
  /** Throws Refusal for an id that names no run of this session and this node. */
  readonly find: (session: Session, id: string, node: string) => Run
  readonly keep: (session: Session, id: string, run: Run) => void
  readonly end: (session: Session, id: string) => void
}

/** Runs of one session; the oldest gives way. */
const MOST_RUNS = 8
const LIFETIME_MS = 10 * 60_000
const ID_BYTES = 16
const ID = /^[A-Za-z0-9_-]{22}$/

export const freshId = (): string => randomBytes(ID_BYTES).toString('base64url')

/** `now` is monotonic, in milliseconds. */
export function createRunning(now: () => number): Running {
  const sessions = new WeakMap<Session, Map<string, { readonly run: Run; readonly until: number }>>()

  const of = (session: Session) => {
    const known = sessions.get(session) ?? new Map<string, { readonly run: Run; readonly until: number }>()
    sessions.set(session, known)
    return known
  }
  const keep: Running['keep'] = (session, id, run) => {
    const runs = of(session)
    runs.delete(id)
    runs.set(id, { run, until: now() + LIFETIME_MS })
    dropOldest(runs, MOST_RUNS)
  }

  return {
    begin: (session, run) => {
      const id = freshId()
      keep(session, id, run)
      return id
    },
    find: (session, id, node) => {
      if (!ID.test(id)) throw commandRefusal('bad-sessionid')
      const found = of(session).get(id)
      // XEP-0050 §4.4. One that was never given looks like one that is over: nobody learns which there are.
      if (found === undefined || found.until <= now()) throw commandRefusal('session-expired')
      if (found.run.node !== node) throw commandRefusal('bad-sessionid')
      return found.run
    },
    keep,
    end: (session, id) => void of(session).delete(id),
  }
}
