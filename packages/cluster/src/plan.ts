import type { Beat, Lease } from './lease-table.ts'

/** When this process, by its own monotonic clock, first saw an owner's counter at its present value. */
export type Watches = ReadonlyMap<string, { readonly beat: number; readonly since: number }>

/** Looks at the counters again: an unchanged one keeps the time at which it was first seen. */
export function watch(watches: Watches, beats: readonly Beat[], now: number): Watches {
  return new Map(
    beats.map(({ owner, beat }) => {
      const known = watches.get(owner)
      return [owner, known?.beat === beat ? known : { beat, since: now }]
    }),
  )
}

export interface View {
  readonly me: string
  readonly now: number
  readonly ttlMs: number
  readonly partitions: number
  readonly leases: readonly Lease[]
  readonly watches: Watches
  /** At most so many partitions are given up in one round for the sake of balance. */
  readonly moveAtMost: number
}

export interface Plan {
  readonly take: readonly Pick<Lease, 'part' | 'token'>[]
  readonly release: readonly Pick<Lease, 'part' | 'token'>[]
}

/**
 * What to do in this round. Sticky and balanced: orphans are taken at once, up to a fair share and beyond
 * it only by what does not divide; somebody above the fair share gives up a few a round.
 */
export function plan(view: View): Plan {
  const alive = (owner: string) => {
    const seen = view.watches.get(owner)
    return owner === view.me || (seen !== undefined && view.now - seen.since < view.ttlMs)
  }
  const members = new Set([view.me, ...[...view.watches.keys()].filter(alive)])
  const share = Math.ceil(view.partitions / members.size)
  const byPart = new Map(view.leases.map((lease) => [lease.part, lease]))
  const mine: Pick<Lease, 'part' | 'token'>[] = []
  const free: Pick<Lease, 'part' | 'token'>[] = []
  for (let part = 0; part < view.partitions; part++) {
    const lease = byPart.get(part) ?? { part, owner: '', token: 0 }
    if (lease.owner === view.me) mine.push(lease)
    else if (!alive(lease.owner)) free.push(lease)
  }
  const surplus = Math.min(Math.max(mine.length - share, 0), view.moveAtMost)
  return {
    take: rotated(free, view.me).slice(0, Math.max(share - mine.length, 0)),
    release: mine.slice(mine.length - surplus),
  }
}

/** Members that take orphans at the same moment begin at different places, so that few of their attempts collide. */
function rotated<T>(items: readonly T[], by: string): readonly T[] {
  let start = 0
  for (const char of by) start = (start * 31 + char.charCodeAt(0)) % Math.max(items.length, 1)
  return [...items.slice(start), ...items.slice(0, start)]
}
