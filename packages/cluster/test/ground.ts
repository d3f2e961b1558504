import type { Beat, Lease, LeaseTable, Standing } from '../src/lease-table.ts'
import { createLeases } from '../src/leases.ts'

/** A partition under a token. */
export type Held = Pick<Lease, 'part' | 'token'>

/** What members stand on: the lease table, and a place that they write to and read from under a fence. */
export interface Ground {
  readonly table: LeaseTable
  /** A durable write of the owner under this token. */
  readonly write: (lease: Held, by: string) => Promise<'written' | 'fenced'>
  /** How many writes of earlier owners a new owner finds. */
  readonly read: (lease: Held) => Promise<number>
  /** The wall clock of the database jumps. */
  readonly jump: (ms: number) => void
  /** From now on, or no longer, writes of this member stay in the database, with what they have locked. */
  readonly hold?: (by: string, on: boolean) => void
}

/** Rules that hold unless a mutation breaks them. */
export interface Rules {
  /** A write carries its token. */
  readonly fencedWrites: boolean
  /** Connection managers drop what comes under an older token than they know. */
  readonly receiversLook: boolean
  /** Leases as they are, or another version of them. */
  readonly createLeases: typeof createLeases
  /** Taking a lease raises its token. */
  readonly tokensGrow: boolean
}

export const ALL_RULES: Rules = {
  fencedWrites: true,
  receiversLook: true,
  createLeases,
  tokensGrow: true,
}

const EPOCH_MS = 1_750_000_000_000

/** The lease table as one process would serve it. `now` is its wall clock. */
export function memoryTable(now: () => number, rules: Rules = ALL_RULES) {
  const leases = new Map<number, Lease>()
  const beats = new Map<string, Omit<Beat, 'owner'>>()
  const next = (token: number) => Math.max(token + 1, Math.floor(now()))
  const raised = (token: number) => (rules.tokensGrow || token === 0 ? next(token) : token)
  const standing = (): Standing => ({
    leases: [...leases.values()],
    beats: [...beats].map(([owner, one]) => ({ owner, ...one })),
  })
  const table: LeaseTable = {
    renew: async (owner, onBus) => {
      const before = standing()
      const last = beats.get(owner)?.beat
      beats.set(owner, { beat: last === undefined ? Math.floor(now()) : last + 1, onBus })
      return before
    },
    read: async () => standing(),
    take: async (owner, seen) => {
      const taken: Lease[] = []
      for (const { part, token } of seen) {
        if ((leases.get(part)?.token ?? 0) !== token) continue
        const lease = { part, owner, token: raised(token) }
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
    forget: async (seen) => {
      for (const { owner, beat } of seen) if (beats.get(owner)?.beat === beat) beats.delete(owner)
    },
  }
  return { ...table, leases: leases as ReadonlyMap<number, Lease> }
}

/** Table and resource in memory: every call takes effect at once. */
export function memoryGround(now: () => number, rules: Rules): Ground {
  let offset = EPOCH_MS
  const table = memoryTable(() => now() + offset, rules)
  const written = new Map<number, number[]>()
  return {
    table,
    write: async ({ part, token }) => {
      if (rules.fencedWrites && table.leases.get(part)?.token !== token) return 'fenced'
      const earlier = written.get(part)
      if (earlier) earlier.push(token)
      else written.set(part, [token])
      return 'written'
    },
    read: async ({ part, token }) => (written.get(part) ?? []).filter((earlier) => earlier < token).length,
    jump: (ms) => void (offset += ms),
  }
}
