import { MOVED_AT_ONCE, plan, timing } from '@jabiru/cluster'

/** Who has which partition, by its number; empty where nobody has. */
export type Owners = readonly string[]

type Watches = Parameters<typeof plan>[0]['watches']
type Orphans = Parameters<typeof plan>[0]['orphans']

/** Partitions and their owners when nothing moves any more. */
export interface Shared {
  readonly owners: Owners
  /** Looks at the leases that every member took until then. */
  readonly rounds: number
}

const TTL_MS = 5_000
/** Everything moves within far fewer. */
const MOST_ROUNDS = 10_000

/** Lets these members share partitions out as the server's do, one after another, a look at a time. */
export function share(before: Owners, members: readonly string[]): Shared {
  const here = new Set(members)
  // Who left has given its leases up.
  const owners = before.map((owner) => (here.has(owner) ? owner : ''))
  const orphans = new Map<string, Orphans>()
  for (let rounds = 0; rounds < MOST_ROUNDS; rounds++) {
    const now = (rounds + 1) * TTL_MS * timing.look
    const watches: Watches = new Map(members.map((member) => [member, { beat: rounds, onBus: true, since: now }]))
    let moved = 0
    for (const me of members) {
      const next = plan({
        me,
        now,
        ttlMs: TTL_MS,
        partitions: owners.length,
        leases: owners.map((owner, part) => ({ part, owner, token: 1 })),
        watches,
        orphans: orphans.get(me) ?? new Map(),
        moveAtMost: Math.ceil(owners.length * MOVED_AT_ONCE),
      })
      orphans.set(me, next.orphans)
      for (const { part } of next.release) owners[part] = ''
      for (const { part } of next.take) owners[part] = me
      moved += next.release.length + next.take.length
    }
    if (moved === 0 && owners.every((owner) => here.has(owner))) return { owners, rounds }
  }
  throw new Error(`${members.length} members do not come to an end of sharing`)
}

/** Of nobody. */
export const unowned = (partitions: number): Owners => Array.from({ length: partitions }, () => '')
