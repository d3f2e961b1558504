import { StoreUnavailable } from '@jabiru/store'
import type { Clock, Timer } from './clock.ts'
import type { Lease, LeaseTable } from './lease-table.ts'
import { type Orphans, plan, reached, type Watches, watch } from './plan.ts'
import { MOVED_AT_ONCE, timing } from './timing.ts'

export interface LeasesDeps {
  readonly table: LeaseTable
  /** Names this process in this life. */
  readonly owner: string
  readonly partitions: number
  readonly clock: Clock
  /** After so long without a renewal a lease passes to another; `timing` says how. */
  readonly ttlMs: number
  /** Another proof says that nobody else is there (the lock on the data folder): leases are taken at once and never expire. */
  readonly alone: boolean
  /** Whether others reach this process at this moment. */
  readonly isOnBus: () => boolean
  readonly onAcquired: (part: number, token: number) => void
  /**
   * The partition is about to be handed over, while the lease still stands: settles when what was begun is done, or has
   * had its time. Not called for a lease that is lost.
   */
  readonly onLeaving?: (part: number, token: number) => Promise<void>
  /** Called before anybody else can own the partition: handling it must have stopped on return. */
  readonly onLost: (part: number, token: number) => Promise<void> | void
  /** Leases are free to be taken by others: they should look now, not at their next round. */
  readonly onFreed: () => void
  readonly onFault: (fault: unknown) => void
}

/** The partitions of one group of services that this process owns. */
export interface Leases {
  /** The first round. Waits while the table is away; rejects when it refuses. */
  readonly start: () => Promise<void>
  /** The token under which this process may act for a partition at this very moment. */
  readonly token: (part: number) => number | undefined
  readonly held: () => readonly (readonly [part: number, token: number])[]
  /** Whether other members were seen that could take what this one gives up. */
  readonly hasOthers: () => boolean
  /** Another member has changed something: look now. */
  readonly hint: () => void
  /** Hands everything over. */
  readonly stop: () => Promise<void>
}

export function createLeases(deps: LeasesDeps): Leases {
  const { table, owner, clock, ttlMs } = deps
  const held = new Map<number, number>()
  let watches: Watches = new Map()
  let orphans: Orphans = new Map()
  let startedAt = Number.NEGATIVE_INFINITY
  let movedAt = Number.NEGATIVE_INFINITY
  let againInMs = Number.POSITIVE_INFINITY
  let deadline = Number.NEGATIVE_INFINITY
  /** Since when this process has been off the bus, and others on it, at every look. */
  let cutOffAt: number | undefined
  let round: Promise<void> | undefined
  let again = false
  let started = false
  let stopped = false
  let timer: Timer | undefined

  const mine = () => [...held].map(([part, token]) => ({ part, token }))

  const valid = () => deps.alone || clock.now() < deadline

  const lose = async (leases: readonly Pick<Lease, 'part' | 'token'>[]) => {
    for (const { part } of leases) held.delete(part)
    await Promise.all(leases.map(async ({ part, token }) => deps.onLost(part, token)))
  }

  /** Gives them up of its own accord. */
  const leave = async (leases: readonly Pick<Lease, 'part' | 'token'>[]) => {
    const { onLeaving } = deps
    if (onLeaving && valid()) await Promise.all(leases.map(({ part, token }) => onLeaving(part, token)))
    await lose(leases)
  }

  const gain = (leases: readonly Lease[]) => {
    for (const { part, token } of leases) {
      if (held.get(part) === token) continue
      held.set(part, token)
      deps.onAcquired(part, token)
    }
  }

  /** What the table says of us differs from what we believe: somebody has taken it, or we held on too long. */
  const reconcile = async (leases: readonly Lease[]) => {
    const now = new Map(leases.filter((lease) => lease.owner === owner).map((lease) => [lease.part, lease.token]))
    await lose(mine().filter(({ part, token }) => now.get(part) !== token))
  }

  /** A lease that still names us, though we let it go, is taken again under a new token. Returns the leases as they stand then. */
  const remember = async (leases: readonly Lease[]): Promise<readonly Lease[]> => {
    const forgotten = leases.filter((lease) => lease.owner === owner && !held.has(lease.part))
    if (forgotten.length === 0) return leases
    const taken = await table.take(owner, forgotten)
    gain(taken)
    const renewed = new Map(taken.map((lease) => [lease.part, lease]))
    return leases.map((lease) => renewed.get(lease.part) ?? lease)
  }

  const expire = () => lose(mine())

  /** What a member has taken as it came is not relied on yet: those that come with it get theirs at once. */
  const moveAtMost = () => {
    const now = clock.now()
    if (now - startedAt < ttlMs) return deps.partitions
    return now - movedAt < ttlMs * timing.look ? 0 : Math.ceil(deps.partitions * MOVED_AT_ONCE)
  }

  /** A statement that hangs does not hold the rounds up: what it did, the next look tells. */
  const inTime = async <T>(statement: Promise<T>): Promise<T> => {
    if (deps.alone) return statement
    const { promise: late, reject } = Promise.withResolvers<never>()
    const giveUp = clock.setTimer(ttlMs * timing.answered, () =>
      reject(new StoreUnavailable('the leases do not answer')),
    )
    try {
      return await Promise.race([statement, late])
    } finally {
      giveUp.cancel()
    }
  }

  const runRound = async () => {
    const sentAt = clock.now()
    if (!valid()) await expire()
    const { leases, beats } = await inTime(table.renew(owner, deps.isOnBus()))
    // Who saw the counter stand still for long enough takes over, and may have done so since the statement began. Before
    // the last renewal has run out nobody has.
    if (!valid()) await expire()
    deadline = sentAt + ttlMs * timing.acts
    watches = watch(watches, beats, clock.now())
    await reconcile(leases)
    if (isCutOff(sentAt)) return yieldAll(leases)
    const current = await remember(leases)
    const next = plan({
      me: owner,
      now: sentAt,
      ttlMs,
      partitions: deps.partitions,
      leases: current,
      watches: deps.alone ? new Map() : watches,
      orphans,
      moveAtMost: moveAtMost(),
    })
    orphans = next.orphans
    againInMs = next.againInMs
    if (next.release.length > 0) await giveUp(next.release)
    if (next.take.length > 0) gain(await table.take(owner, next.take))
    if (next.forget.length > 0) {
      await table.forget(next.forget)
      deps.onFreed()
    }
  }

  const isCutOff = (now: number) => {
    const areOthersReached = reached({ me: owner, now, ttlMs, watches }).length > 0
    cutOffAt = deps.isOnBus() || !areOthersReached ? undefined : (cutOffAt ?? now)
    return cutOffAt !== undefined && now - cutOffAt >= ttlMs * timing.cutOff
  }

  /** What it has is of no use to anybody here. Where nobody is on the bus, everybody keeps it: its state would be lost for nothing. */
  const yieldAll = async (leases: readonly Lease[]) => {
    await leave(mine())
    const named = leases.filter((lease) => lease.owner === owner)
    if (named.length > 0) await table.release(owner, named)
  }

  const giveUp = async (leases: readonly Pick<Lease, 'part' | 'token'>[]) => {
    movedAt = clock.now()
    await leave(leases)
    await table.release(owner, leases)
    deps.onFreed()
  }

  const guardedRound = async () => {
    try {
      await runRound()
    } catch (fault) {
      deps.onFault(fault)
      if (!valid()) await expire()
      else if (deadline - clock.now() < ttlMs * timing.answered) againInMs = ttlMs * timing.hurries
    }
  }

  /** False where the table is away. */
  const firstRound = async (): Promise<boolean> => {
    startedAt = clock.now()
    try {
      await runRound()
      return true
    } catch (fault) {
      if (stopped || !(fault instanceof StoreUnavailable)) throw fault
      deps.onFault(fault)
      return false
    }
  }

  const schedule = () => {
    if (stopped) return
    timer = clock.setTimer(again ? 0 : Math.min(ttlMs * timing.look, againInMs), kick)
    again = false
  }

  const kick = () => {
    if (stopped) return
    if (round || !started) {
      again = true
      return
    }
    timer?.cancel()
    againInMs = Number.POSITIVE_INFINITY
    round = guardedRound().finally(() => {
      round = undefined
      schedule()
    })
  }

  return {
    start: async () => {
      while (!(await firstRound())) await new Promise<void>((resolve) => void clock.setTimer(ttlMs / 5, resolve))
      started = true
      schedule()
    },
    token: (part) => (valid() ? held.get(part) : undefined),
    held: () => (valid() ? [...held] : []),
    hasOthers: () => [...watches.keys()].some((one) => one !== owner),
    hint: kick,
    stop: async () => {
      stopped = true
      timer?.cancel()
      await round
      const leases = mine()
      await leave(leases)
      try {
        await table.release(owner, leases)
        await table.leave(owner)
      } catch (fault) {
        // The table is away: the leases run out by themselves.
        return deps.onFault(fault)
      }
      deps.onFreed()
    },
  }
}
