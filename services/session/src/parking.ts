import type { Clock } from '@jabiru/cluster'
import { type LiveState, StateUnavailable } from '@jabiru/state'
import type { Account, Session } from './account.ts'
import { PARKED, parkedRow } from './parked-row.ts'

/** Sessions without a socket, kept in the live state for a later owner. What happens in one turn of the loop is one write. */
export interface Parking {
  /** The session waits for its client, or what waits with it is another: its row is written with the next turn. */
  readonly changed: (account: Account, session: Session) => void
  /** The session has a socket again or has ended: its row goes. */
  readonly left: (session: Session) => void
  /** Writes what is behind; afterwards the partition may be handed over. Never rejects. */
  readonly settle: (part: number) => Promise<void>
  /** Nothing of the partition is written any more. */
  readonly forget: (part: number) => void
}

/** Where nobody could take over, nothing is kept for them. */
export const NO_PARKING: Parking = {
  changed: () => {},
  left: () => {},
  settle: () => Promise.resolve(),
  forget: () => {},
}

export interface ParkingDeps {
  readonly state: Pick<LiveState, 'put' | 'remove'>
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
const AGAIN_MS = 1_000

interface Entry {
  readonly account: Account
  readonly session: Session
  /** Under which its row stands; undefined where there is none. */
  gen: string | undefined
  /** Monotonic, ms: no row lives longer. */
  goneAt: number
  resting: boolean
  writing: Promise<void> | undefined
}

const isParked = ({ account, session }: Entry) =>
  session.parked !== undefined && account.sessions.get(session.resource) === session

const fenceOf = ({ part, token }: Account) => ({ scope: `session.${part}`, token })

/** Writes the rows of parked sessions; a row is written again only when the write before has been answered. */
export function createParking({ state, clock, now, onUnavailable, onFault }: ParkingDeps): Parking {
  const entries = new Map<Session, Entry>()
  /** Those whose row is behind. */
  const due = new Set<Entry>()
  let scheduled = false
  let retrying = false

  const put = async (entry: Entry): Promise<void> => {
    const { account, session } = entry
    const left = Math.max(0, (session.parked?.until ?? 0) - clock.now())
    const row = parkedRow(account, session, now() + left, { clock: clock.now(), wall: now() })
    // Before the answer: a write whose answer is lost may stand.
    entry.gen = row.generation
    entry.goneAt = clock.now() + left + GRACE_MS
    if ((await state.put(fenceOf(account), row, left + GRACE_MS)) === 'fenced') drop(entry)
    rest(entry, row.value.length / PACE)
  }

  const remove = async (entry: Entry): Promise<void> => {
    const { account, session, gen } = entry
    if (gen !== undefined) {
      const key = { account: account.jid, resource: session.resource }
      await state.remove(fenceOf(account), key, { manager: PARKED, generation: gen })
    }
    entry.gen = undefined
    // It may have lost its next socket meanwhile.
    if (!due.has(entry)) entries.delete(session)
  }

  const rest = (entry: Entry, ms: number) => {
    if (ms < 1) return
    entry.resting = true
    clock.setTimer(ms, () => {
      entry.resting = false
      if (due.has(entry)) schedule()
    })
  }

  const write = async (entry: Entry): Promise<void> => {
    due.delete(entry)
    try {
      await (isParked(entry) ? put(entry) : remove(entry))
    } catch (fault) {
      if (!(fault instanceof StateUnavailable)) {
        drop(entry)
        return onFault(fault)
      }
      onUnavailable(fault)
      due.add(entry)
      retry()
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
      if (isParked(entry) || clock.now() < entry.goneAt) start(entry)
      else drop(entry)
    }
  }
  const schedule = () => {
    if (scheduled) return
    scheduled = true
    setImmediate(flush)
  }
  const retry = () => {
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
  }

  return {
    changed: (account, session) => {
      const known = entries.get(session)
      const entry = known ?? { account, session, gen: undefined, goneAt: 0, ...IDLE }
      if (known === undefined) entries.set(session, entry)
      isDue(entry)
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
    },
  }
}

const IDLE = { resting: false, writing: undefined } as const
