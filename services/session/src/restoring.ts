import type { Clock } from '@jabiru/cluster'
import { type BareJid, parseBareJid } from '@jabiru/jid'
import { type LiveState, type SessionRow, StateUnavailable } from '@jabiru/state'
import { StoreUnavailable } from '@jabiru/store'
import { type Held, NotOwner } from '@jabiru/wire'
import { type Account, isResumable, type Session } from './account.ts'
import { sizeOf } from './delivery.ts'
import { PARKED, parkedRequests, parseParked, readQueue } from './parked-row.ts'
import type { AccountStore } from './store/accounts.ts'
import { inherited } from './takeover.ts'

/**
 * A new owner reads which sessions of its partition have no socket. Those that had one are told of by their connection
 * managers, who know them better; where none does, it is dead as well, and its rows are all there is.
 */
export interface Restoring {
  readonly begin: (lease: Held) => void
  /** All connection managers have introduced their sessions. */
  readonly complete: (lease: Held) => void
  /** Runs `deed` once what was parked is in the mailboxes of its accounts; at once where it is. Order is kept. */
  readonly whenRead: (lease: Held, deed: () => Promise<void> | void) => Promise<void> | void
  readonly forget: (part: number) => void
}

export interface RestoringDeps {
  readonly state: Pick<LiveState, 'mirror' | 'rowsAt' | 'remove'>
  readonly store: Pick<AccountStore, 'messages'>
  readonly clock: Clock
  /** Wall clock, ms since 1970. */
  readonly now: () => number
  /** Runs in the account's mailbox, which goes on when it has settled. */
  readonly hold: (lease: Held, jid: BareJid, work: (account: Account) => Promise<void>) => Promise<void>
  readonly isComplete: (part: number) => boolean
  /** Lets the session wait for its client for so long. */
  readonly park: (account: Account, session: Session, forMs: number, rowSent?: number) => void
  /** The session is there. */
  readonly onRestored: (account: Account, session: Session) => void
  readonly onUnavailable: (fault: Error) => void
  readonly onFault: (fault: unknown) => void
}

const AGAIN_MS = 1_000
/** What cannot be resumed waits so long for a connection manager that is only silent, before others are told of its end. */
const SILENT_MS = 5_000

interface Reading {
  readonly lease: Held
  readonly gate: PromiseWithResolvers<void>
  /** Rows of sessions that had their socket somewhere. */
  absent: readonly SessionRow[]
  late: boolean
}

export function createRestoring(deps: RestoringDeps): Restoring {
  const { state, clock, onUnavailable, onFault } = deps
  const readings = new Map<number, Reading>()
  const gates = new Map<number, Promise<void>>()
  const pause = () => new Promise<void>((resolve) => void clock.setTimer(AGAIN_MS, resolve))
  const isOurs = (reading: Reading) => readings.get(reading.lease.part) === reading

  /** The text of what waits is in the archive: without it nobody else of the account is served either. */
  const queueOf = async (reading: Reading, account: Account, value: ReturnType<typeof parseParked>) => {
    for (;;) {
      try {
        return await readQueue(deps.store, account, value)
      } catch (fault) {
        if (!(fault instanceof StoreUnavailable)) throw fault
        onUnavailable(fault)
      }
      await pause()
      if (!isOurs(reading)) throw new NotOwner(`${account.jid} has moved`)
    }
  }

  const restore = async (reading: Reading, account: Account, row: SessionRow): Promise<Session | undefined> => {
    // What is there already is newer: its connection manager was quicker than the live state.
    const there = account.sessions.get(row.resource)
    if (there?.gen === row.generation) return undefined
    if (there !== undefined) {
      const fence = { scope: scopeOf(reading.lease), token: reading.lease.token }
      await state.remove(fence, row, row)
      return undefined
    }
    const value = parseParked(row)
    const queue = await queueOf(reading, account, value)
    if (!isOurs(reading)) return undefined
    const requests = parkedRequests(value, { clock: clock.now(), wall: deps.now() })
    const { early: answered = [] } = value
    const legacy = { ...value, resource: row.resource, gen: row.generation, requests, answered }
    const session: Session = { ...inherited(account, legacy), queue, sent: queue.at(-1)?.n ?? value.sent }
    for (const queued of queue) session.queueBytes += sizeOf(queued)
    account.sessions.set(session.resource, session)
    // A row without a socket may be old, too: what came after the resumption was not written.
    const { until, rowSent = value.sent } = value
    const mostMs = isResumable(session) ? (session.sm?.maxMs ?? 0) : SILENT_MS
    const forMs = until === undefined ? mostMs : Math.min(Math.max(0, until - deps.now()), mostMs)
    deps.park(account, session, forMs, rowSent)
    return session
  }

  const read = async (reading: Reading): Promise<void> => {
    const { lease } = reading
    const scope = scopeOf(lease)
    // Nothing that an earlier owner writes from here on is taken.
    const written = await state.mirror({ scope, token: lease.token }, new Map(), AGAIN_MS)
    if (written === 'fenced') return
    const rows = await state.rowsAt(scope, PARKED)
    if (!isOurs(reading)) return
    const [absent = [], parked = []] = deps.isComplete(lease.part) ? [[], rows] : partition(rows)
    reading.absent = absent
    putBack(reading, parked)
  }

  const putBack = (reading: Reading, rows: readonly SessionRow[]) => {
    for (const row of rows) {
      const done = deps.hold(reading.lease, parseBareJid(row.account), async (account) => {
        const session = await restore(reading, account, row)
        if (session !== undefined) deps.onRestored(account, session)
      })
      done.catch((fault: unknown) => {
        if (fault instanceof StateUnavailable) onUnavailable(fault)
        else if (!(fault instanceof NotOwner)) onFault(fault)
      })
    }
  }

  /** While the live state is away the partition works without: who comes to resume begins anew, and reads the archive. */
  const readUntilRead = async (reading: Reading): Promise<void> => {
    while (isOurs(reading)) {
      try {
        return await read(reading)
      } catch (fault) {
        if (fault instanceof StateUnavailable) onUnavailable(fault)
        else return onFault(fault)
      }
      open(reading)
      await pause()
    }
  }

  const open = (reading: Reading) => {
    if (reading.late) return
    reading.late = true
    reading.gate.resolve()
    const { part } = reading.lease
    // What came meanwhile runs first.
    setImmediate(() => gates.get(part) === reading.gate.promise && gates.delete(part))
  }

  return {
    begin: (lease) => {
      const reading: Reading = { lease, gate: Promise.withResolvers(), absent: [], late: false }
      readings.set(lease.part, reading)
      gates.set(lease.part, reading.gate.promise)
      readUntilRead(reading).then(() => open(reading), onFault)
    },
    complete: ({ part }) => {
      const reading = readings.get(part)
      if (reading === undefined) return
      const { absent } = reading
      reading.absent = []
      putBack(reading, absent)
    },
    whenRead: (lease, deed) => {
      const gate = gates.get(lease.part)
      if (gate === undefined) return deed()
      return gate.then(() => {
        if (readings.get(lease.part)?.lease.token !== lease.token) throw new NotOwner(`${lease.part} has moved`)
        return deed()
      })
    },
    forget: (part) => {
      const reading = readings.get(part)
      readings.delete(part)
      if (reading) open(reading)
    },
  }
}

/** Those that had a socket, and those that had none. */
const partition = (rows: readonly SessionRow[]) => {
  const had = Map.groupBy(rows, (row) => parseParked(row).until === undefined)
  return [had.get(true) ?? [], had.get(false) ?? []]
}

const scopeOf = ({ part }: Held) => `session.${part}`
