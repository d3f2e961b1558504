import type { Clock } from './clock.ts'
import type { Lease, LeaseTable } from './lease-table.ts'
import { createLeases, type Leases } from './leases.ts'

/** Numbers that a seed decides: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface Timed {
  readonly at: number
  readonly run: () => void
  cancelled: boolean
}

/** One timeline for the world, and clocks of members that can stand still or jump against it. */
export interface World {
  readonly now: () => number
  readonly at: (delay: number, run: () => void) => Timed
  /** Runs what is due until `end`; between two events every promise settles. */
  readonly runUntil: (end: number) => Promise<void>
}

export function createWorld(): World {
  let now = 0
  let queue: Timed[] = []
  const at = (delay: number, run: () => void): Timed => {
    const timed = { at: now + delay, run, cancelled: false }
    queue.push(timed)
    return timed
  }
  const idle = () => new Promise<void>((resolve) => void setImmediate(resolve))
  return {
    now: () => now,
    at,
    runUntil: async (end) => {
      for (;;) {
        await idle()
        queue = queue.filter((timed) => !timed.cancelled)
        const next = queue.reduce<Timed | undefined>(
          (least, one) => (least && least.at <= one.at ? least : one),
          undefined,
        )
        if (next === undefined || next.at > end) break
        queue = queue.filter((timed) => timed !== next)
        now = Math.max(now, next.at)
        next.run()
      }
      now = end
    },
  }
}

/** The lease table as one process would serve it, with a token row that a durable write checks as it lands. */
export function memoryTable(now: () => number): LeaseTable & { readonly leases: ReadonlyMap<number, Lease> } {
  const leases = new Map<number, Lease>()
  const beats = new Map<string, number>()
  const next = (token: number) => Math.max(token + 1, Math.floor(now()))
  return {
    leases,
    beat: async (owner) => void beats.set(owner, (beats.get(owner) ?? 0) + 1),
    read: async () => ({
      leases: [...leases.values()],
      beats: [...beats].map(([owner, beat]) => ({ owner, beat })),
    }),
    take: async (owner, seen) => {
      const taken: Lease[] = []
      for (const { part, token } of seen) {
        if ((leases.get(part)?.token ?? 0) !== token) continue
        const lease = { part, owner, token: next(token) }
        leases.set(part, lease)
        taken.push(lease)
      }
      return taken
    },
    release: async (owner, held) => {
      for (const { part, token } of held) {
        const lease = leases.get(part)
        if (lease?.owner === owner && lease.token === token) leases.set(part, { part, owner: '', token: next(token) })
      }
    },
    leave: async (owner) => void beats.delete(owner),
  }
}

/** One process: it can be paused (SIGSTOP), cut off from the table, and killed. */
export interface Member {
  readonly name: string
  readonly leases: Leases
  paused: boolean
  cut: boolean
  dead: boolean
}

export interface MemberOptions {
  readonly world: World
  readonly table: LeaseTable
  readonly name: string
  readonly partitions: number
  readonly ttlMs: number
  /** How long the table takes to answer. */
  readonly latency: () => number
  /** Tells the other members to look. */
  readonly onFreed: () => void
}

/** What a member does stops while it is paused, and goes on late when it resumes. */
export function createMember(options: MemberOptions): Member {
  const { world, table, name } = options
  const held: (() => void)[] = []
  const member = { name, paused: false, cut: false, dead: false }
  const whenAwake = (run: () => void) => {
    if (member.dead) return
    if (member.paused) held.push(run)
    else run()
  }
  const poll = () => {
    if (!member.paused) for (const run of held.splice(0)) run()
    if (!member.dead) world.at(10, poll)
  }
  poll()
  const clock: Clock = {
    now: world.now,
    setTimer: (ms, fn) => {
      const timed = world.at(ms, () => whenAwake(fn))
      return { cancel: () => void (timed.cancelled = true) }
    },
  }
  /** A statement that leaves: its answer comes late, or never. A cut does not tell whether it took effect. */
  const remote = <T>(statement: () => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      world.at(options.latency(), () => {
        if (member.cut || member.dead) {
          world.at(1_000, () => whenAwake(() => reject(new Error('the table does not answer'))))
          return
        }
        void statement().then((answer) => world.at(options.latency(), () => whenAwake(() => resolve(answer))))
      })
    })
  const leases = createLeases({
    table: {
      beat: (owner) => remote(() => table.beat(owner)),
      read: () => remote(table.read),
      take: (owner, seen) => remote(() => table.take(owner, seen)),
      release: (owner, given) => remote(() => table.release(owner, given)),
      leave: (owner) => remote(() => table.leave(owner)),
    },
    owner: name,
    partitions: options.partitions,
    clock,
    ttlMs: options.ttlMs,
    alone: false,
    onAcquired: () => {},
    onLost: () => {},
    onFreed: options.onFreed,
    onFault: () => {},
  })
  return Object.assign(member, { leases })
}
