import type { Clock } from '@jabiru/cluster'
import { type BareJid, parseBareJid } from '@jabiru/jid'
import { type LiveState, type SessionRow, StateUnavailable } from '@jabiru/state'
import { StoreUnavailable } from '@jabiru/store'
import { type Held, NotOwner } from '@jabiru/wire'
import type { Account, Session } from './account.ts'
import { sizeOf } from './delivery.ts'
import { PARKED, parkedRequests, parseParked, readQueue } from './parked-row.ts'
import type { AccountStore } from './store/accounts.ts'
import { inherited } from './takeover.ts'

/** A new owner reads which sessions of its partition have no socket. */
export interface Restoring {
  readonly begin: (lease: Held) => void
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
  /** Lets the session wait for its client for so long. */
  readonly park: (account: Account, session: Session, forMs: number) => void
  /** The session is there. */
  readonly onRestored: (account: Account, session: Session) => void
  readonly onUnavailable: (fault: Error) => void
  readonly onFault: (fault: unknown) => void
}

const AGAIN_MS = 1_000

interface Reading {
  readonly lease: Held
  readonly gate: PromiseWithResolvers<void>
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
        return await readQueue(deps.store, account, value.queue)
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
    if (account.sessions.has(row.resource)) {
      const fence = { scope: scopeOf(reading.lease), token: reading.lease.token }
      await state.remove(fence, row, row)
      return undefined
    }
    const value = parseParked(row)
    const queue = await queueOf(reading, account, value)
    if (!isOurs(reading)) return undefined
    const requests = parkedRequests(value, { clock: clock.now(), wall: deps.now() })
    const legacy = { ...value, resource: row.resource, gen: row.generation, requests }
    const session: Session = { ...inherited(account, legacy), queue }
    for (const queued of queue) session.queueBytes += sizeOf(queued)
    account.sessions.set(session.resource, session)
    const left = Math.max(0, value.until - deps.now())
    deps.park(account, session, Math.min(left, session.sm?.maxMs ?? 0))
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
    for (const row of rows) {
      const done = deps.hold(lease, parseBareJid(row.account), async (account) => {
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
      const reading: Reading = { lease, gate: Promise.withResolvers(), late: false }
      readings.set(lease.part, reading)
      gates.set(lease.part, reading.gate.promise)
      readUntilRead(reading).then(() => open(reading), onFault)
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

const scopeOf = ({ part }: Held) => `session.${part}`
