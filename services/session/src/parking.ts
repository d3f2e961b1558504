import type { Clock, Timer } from '@jabiru/cluster'
import { type LiveState, type SessionKey, StateUnavailable } from '@jabiru/state'
import { type Account, isResumable, type Session } from './account.ts'
import { PARKED, parkedRow } from './parked-row.ts'

/**
 * Sessions, kept in the live state for a later owner: it learns from their rows which of them have no socket, and which
 * had theirs at a connection manager that is dead as well. What happens in one turn of the loop is one write.
 */
export interface Parking {
  /** What a later owner must know of the session is another: its row is written with the next turn. */
  readonly changed: (account: Account, session: Session) => void
  /** Settles when the row says what the session is now; at once where the live state is away. */
  readonly written: (session: Session) => Promise<void> | undefined
  /** The session has ended: its row goes. */
  readonly left: (session: Session) => void
  /** Writes what is behind; afterwards the partition may be handed over. Never rejects. */
  readonly settle: (part: number) => Promise<void>
  /** Nothing of the partition is written any more. */
  readonly forget: (part: number) => void
}

/** Where nobody could take over, nothing is kept for them. */
export const NO_PARKING: Parking = {
  changed: () => {},
  written: () => undefined,
  left: () => {},
  settle: () => Promise.resolve(),
  forget: () => {},
}

export interface ParkingDeps {
  readonly state: Pick<LiveState, 'put' | 'remove' | 'refresh'>
  /** Whether connection managers and the live state end with this process: while a session has its socket nobody reads its row. */
  readonly oneProcess?: boolean
  readonly clock: Clock
  /** Wall clock, ms since 1970. */
  readonly now: () => number
  /** The live state is away: told for each write that was not made. */
  readonly onUnavailable: (fault: StateUnavailable) => void
  readonly onFault: (fault: unknown) => void
}

/** A session that is over while nobody owns it is found all the same, so that its contacts are told. */
const GRACE_MS = 10 * 60_000
/** A large row rests after it was written: so many characters are written in a millisecond. */
const PACE = 1_000
/** Less is no rest. */
const SHORT_MS = 10
const AGAIN_MS = 1_000
/** A live state that has come back empty is told of everybody within this time. */
const REFRESH_MS = 20_000
/** So many rows are refreshed by one call. */
const REFRESHED_AT_ONCE = 500

interface Entry {
  readonly account: Account
  readonly session: Session
  /** Under which its row stands; undefined where there is none. */
  gen: string | undefined
  /** Monotonic, ms: no row lives longer. */
  goneAt: number
  resting: boolean
  writing: Promise<void> | undefined
  /** Who waits for the next write. */
  waiting: (() => void)[]
}

const keyOf = ({ account, session }: Entry): SessionKey => ({ account: account.jid, resource: session.resource })

const fenceOf = ({ part, token }: Account) => ({ scope: `session.${part}`, token })

/** Writes the rows of parked sessions; a row is written again only when the write before has been answered. */
export function createParking(deps: ParkingDeps): Parking {
  const { state, oneProcess = false, clock, now, onUnavailable, onFault } = deps
  const entries = new Map<Session, Entry>()
  /** Those whose row is behind. */
  const due = new Set<Entry>()
  let refresher: Timer | undefined
  let scheduled = false
  let retrying = false
  let away = false

  const needsRow = (session: Session) => !oneProcess || session.parked !== undefined
  /** A session that nobody was told of, and that nobody can resume, is not missed. */
  const isKept = ({ account, session }: Pick<Entry, 'account' | 'session'>) =>
    needsRow(session) &&
    account.sessions.get(session.resource) === session &&
    (isResumable(session) || session.presence !== undefined || session.directed.size > 0)

  /** How long the session can still be resumed if its socket is lost now, in ms. */
  const leftOf = ({ parked, sm }: Session) => (parked ? Math.max(0, parked.until - clock.now()) : (sm?.maxMs ?? 0))

  const put = async (entry: Entry): Promise<void> => {
    const { account, session } = entry
    const left = leftOf(session)
    const until = session.parked && now() + left
    const row = parkedRow(account, session, until, { clock: clock.now(), wall: now() })
    // Before the answer: a write whose answer is lost may stand.
    entry.gen = row.generation
    entry.goneAt = clock.now() + left + GRACE_MS
    if ((await state.put(fenceOf(account), row, left + GRACE_MS)) === 'fenced') drop(entry)
    rest(entry, row.value.length / PACE)
  }

  const remove = async (entry: Entry): Promise<void> => {
    const { account, session, gen } = entry
    const next = account.sessions.get(session.resource)
    // The row of who has the resource now stands in the place of this one.
    if (next !== undefined && isKept({ account, session: next })) changed(account, next)
    else if (gen !== undefined) {
      await state.remove(fenceOf(account), keyOf(entry), { manager: PARKED, generation: gen })
    }
    entry.gen = undefined
    // It may have lost its next socket meanwhile.
    if (!due.has(entry)) entries.delete(session)
  }

  const rest = (entry: Entry, ms: number) => {
    if (ms < SHORT_MS) return
    entry.resting = true
    clock.setTimer(ms, () => {
      entry.resting = false
      if (due.has(entry)) schedule()
    })
  }

  const write = async (entry: Entry): Promise<void> => {
    due.delete(entry)
    const { waiting } = entry
    entry.waiting = []
    try {
      await (isKept(entry) ? put(entry) : remove(entry))
      away = false
    } catch (fault) {
      if (!(fault instanceof StateUnavailable)) {
        drop(entry)
        return onFault(fault)
      }
      onUnavailable(fault)
      away = true
      due.add(entry)
      retry()
    } finally {
      for (const go of waiting) go()
    }
  }

  const start = (entry: Entry) => {
    if (entry.writing !== undefined) return
    entry.writing = write(entry).finally(() => {
      entry.writing = undefined
      // After a failure only the timer tries again.
      if (due.has(entry) && !retrying) schedule()
    })
  }

  const flush = () => {
    scheduled = false
    for (const entry of due) {
      if (entry.resting) continue
      if (isKept(entry) || clock.now() < entry.goneAt) start(entry)
      else drop(entry)
    }
  }
  const schedule = () => {
    if (scheduled) return
    scheduled = true
    setImmediate(flush)
  }
  const retry = () => {
    // Meanwhile all goes on without.
    for (const entry of due) letGo(entry)
    if (retrying) return
    retrying = true
    clock.setTimer(AGAIN_MS, () => {
      retrying = false
      schedule()
    })
  }

  const isDue = (entry: Entry) => {
    due.add(entry)
    schedule()
  }
  const drop = (entry: Entry) => {
    due.delete(entry)
    entries.delete(entry.session)
    letGo(entry)
  }
  const letGo = (entry: Entry) => {
    for (const go of entry.waiting.splice(0)) go()
  }
  const changed = (account: Account, session: Session) => {
    const known = entries.get(session)
    if (known === undefined && !needsRow(session)) return
    const entry = known ?? { account, session, gen: undefined, goneAt: 0, waiting: [], ...IDLE }
    if (known === undefined) entries.set(session, entry)
    isDue(entry)
    refresher ??= clock.setTimer(REFRESH_MS, refresh)
  }

  /** Rows live on while their sessions do; those that the live state has lost are written again. */
  const refresh = () => {
    refresher = entries.size > 0 ? clock.setTimer(REFRESH_MS, refresh) : undefined
    if (retrying) return
    const written = [...entries.values()].filter((entry) => entry.gen !== undefined && isKept(entry))
    for (const mine of Map.groupBy(written, ({ account }) => fenceOf(account).scope).values()) {
      for (let from = 0; from < mine.length; from += REFRESHED_AT_ONCE) {
        refreshSome(mine.slice(from, from + REFRESHED_AT_ONCE)).catch((fault: unknown) => {
          if (fault instanceof StateUnavailable) onUnavailable(fault)
          else onFault(fault)
        })
      }
    }
  }
  const refreshSome = async (some: readonly Entry[]): Promise<void> => {
    const [first] = some
    if (first === undefined) return
    const byKey = new Map(some.map((entry) => [keyOf(entry), entry]))
    const ttlMs = Math.max(...some.map(({ session }) => leftOf(session))) + GRACE_MS
    const gone = await state.refresh(fenceOf(first.account), [...byKey.keys()], ttlMs)
    if (gone === 'fenced') return
    for (const key of gone) {
      const entry = byKey.get(key)
      if (entry && entries.get(entry.session) === entry) isDue(entry)
    }
  }

  return {
    changed,
    written: (session) => {
      const entry = entries.get(session)
      if (entry === undefined || away || !isResumable(session)) return undefined
      if (!due.has(entry)) return entry.writing
      return new Promise((resolve) => void entry.waiting.push(resolve))
    },
    left: (session) => {
      const entry = entries.get(session)
      if (entry) isDue(entry)
    },
    settle: async (part) => {
      const ours = [...entries.values()].filter(({ account }) => account.part === part)
      const settled = ours.map(async (entry) => {
        await entry.writing
        if (due.has(entry)) await write(entry)
      })
      await Promise.all(settled)
    },
    forget: (part) => {
      for (const entry of entries.values()) if (entry.account.part === part) drop(entry)
      if (entries.size > 0) return
      refresher?.cancel()
      refresher = undefined
    },
  }
}

const IDLE = { resting: false, writing: undefined } as const
