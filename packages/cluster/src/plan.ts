import type { Beat, Lease } from './lease-table.ts'
import { timing } from './timing.ts'

/** When this process, by its own monotonic clock, first saw an owner's counter at its present value. */
export type Watches = ReadonlyMap<string, Pick<Beat, 'beat' | 'onBus'> & { readonly since: number }>

/** Looks at the counters again: an unchanged one keeps the time at which it was first seen. */
export function watch(watches: Watches, beats: readonly Beat[], now: number): Watches {
  return new Map(
    beats.map(({ owner, beat, onBus }) => {
      const known = watches.get(owner)
      return [owner, known?.beat === beat ? known : { beat, onBus, since: now }]
    }),
  )
}

/** What is free, since when it was seen so under this token. */
export type Orphans = ReadonlyMap<number, { readonly token: number; readonly since: number }>

export interface View {
  readonly me: string
  /** When the table was asked: what changed afterwards may not be seen yet. */
  readonly now: number
  readonly ttlMs: number
  readonly partitions: number
  readonly leases: readonly Lease[]
  readonly watches: Watches
  /** As the last plan gave them back. */
  readonly orphans: Orphans
  /** At most so many partitions are given up for the sake of balance. */
  readonly moveAtMost: number
}

export interface Plan {
  readonly take: readonly Pick<Lease, 'part' | 'token'>[]
  readonly release: readonly Pick<Lease, 'part' | 'token'>[]
  /** Owners that are dead. Who finds no counter of theirs knows it at once. */
  readonly forget: readonly Pick<Beat, 'owner' | 'beat'>[]
  readonly orphans: Orphans
  /** After so many milliseconds there will be something to take, if nothing changes. */
  readonly againInMs: number
}

/**
 * What to do in this round. Sticky and balanced: orphans are taken at once, each member its share of them, and what a
 * member does not take the others do; somebody above the share gives up a few a round.
 */
export function plan(view: View): Plan {
  const mine: Pick<Lease, 'part' | 'token'>[] = []
  const free: Pick<Lease, 'part' | 'token'>[] = []
  const held = new Map([...heard(view)].map((owner) => [owner, 0]))
  const byPart = new Map(view.leases.map((lease) => [lease.part, lease]))
  for (let part = 0; part < view.partitions; part++) {
    const lease = byPart.get(part) ?? { part, owner: '', token: 0 }
    if (lease.owner === view.me) mine.push(lease)
    else if (isDead(view, lease.owner)) free.push(lease)
    const count = held.get(lease.owner)
    if (count !== undefined) held.set(lease.owner, count + 1)
  }
  const { lacks, others } = shareOf(view.me, held, view.partitions)
  const orphans = new Map(free.map(({ part, token }) => [part, orphan(view, part, token)]))
  const left = ({ part }: Pick<Lease, 'part'>) => view.now - (orphans.get(part)?.since ?? view.now) >= patience(view)
  const share = free.slice(others, others + Math.max(lacks, 0))
  const surplus = Math.min(Math.max(-lacks, 0), view.moveAtMost)
  return {
    take: [...share, ...free.filter((lease) => !share.includes(lease) && left(lease))],
    release: mine.slice(mine.length - surplus),
    forget: [...view.watches].filter(([owner]) => isDead(view, owner)).map(([owner, { beat }]) => ({ owner, beat })),
    orphans,
    againInMs: Math.min(share.length < free.length ? patience(view) : Number.POSITIVE_INFINITY, nextDeath(view)),
  }
}

const patience = ({ ttlMs }: View) => ttlMs * timing.left

function orphan({ orphans, now }: View, part: number, token: number) {
  const known = orphans.get(part)
  return known?.token === token ? known : { token, since: now }
}

/** How long until the first of those that are alive is dead, if it is not heard any more. */
function nextDeath(view: View): number {
  const lives = [...view.watches.keys()]
    .filter((owner) => owner !== view.me)
    .map((owner) => view.ttlMs * timing.standsStill - silence(view, owner))
  return Math.min(Number.POSITIVE_INFINITY, ...lives.filter((ms) => ms > 0))
}

const silence = ({ watches, now }: Seen, owner: string) => now - (watches.get(owner)?.since ?? Number.NEGATIVE_INFINITY)

/** One whose counter is known to nobody has left, or somebody has found it dead. */
const isDead = (view: View, owner: string) =>
  owner !== view.me && silence(view, owner) >= view.ttlMs * timing.standsStill

type Seen = Pick<View, 'me' | 'now' | 'ttlMs' | 'watches'>

/** Others that live, and that are reached. */
export const reached = (view: Seen): readonly string[] =>
  [...view.watches]
    .filter(([owner, { onBus }]) => owner !== view.me && onBus && silence(view, owner) < view.ttlMs * timing.unheard)
    .map(([owner]) => owner)

/** Those that share the partitions. */
const heard = (view: View) => new Set([view.me, ...reached(view)])

/**
 * How many partitions a member lacks (has too many of, if negative), and how many of those that are free are for others
 * before it. Who has more gets what does not divide, so that nothing moves for it; all who see the same come to the same.
 */
function shareOf(me: string, held: ReadonlyMap<string, number>, partitions: number) {
  const ranked = [...held].toSorted(([one, some], [other, more]) => more - some || (one < other ? -1 : 1))
  const least = Math.floor(partitions / ranked.length)
  const rest = partitions % ranked.length
  let others = 0
  for (const [rank, [owner, count]] of ranked.entries()) {
    const lacks = least + (rank < rest ? 1 : 0) - count
    if (owner === me) return { lacks, others }
    others += Math.max(lacks, 0)
  }
  throw new Error(`${me} is not among those that share`)
}
