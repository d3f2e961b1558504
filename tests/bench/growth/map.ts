import { DEFAULT_PARTITIONS, partitionOf } from '@jabiru/cluster'
import { addressOf } from './names.ts'
import { type Owners, share, unowned } from './shares.ts'

/** How evenly something lies. */
export interface Evenness {
  readonly least: number
  readonly median: number
  readonly most: number
  /** The most of the mean: 1 where all have the same. */
  readonly most_of_mean: number
}

/** The map at so many members. */
export interface Members {
  readonly members: number
  readonly partitions: Evenness
  readonly accounts: Evenness
  /** Share of all accounts that get another owner when one more member joins, and when that one leaves. */
  readonly moved_by_join: number
  readonly moved_by_leave: number
  /** Looks, five in a lease's time to live, until nothing moves after the joining. */
  readonly rounds: number
}

/** The partition map by simulation. */
export interface MapFigures {
  readonly accounts: number
  readonly per_partition: Evenness
  readonly members: readonly Members[]
  /** CPU time of finding an account's partition. */
  readonly lookup_ns: number
}

/** What is simulated. */
export interface MapSize {
  readonly accounts: number
  readonly partitions?: number
  /** The numbers of members that are told of. */
  readonly told: readonly number[]
}

const TOLD = [1, 2, 4, 8, 16, 32, 64, 100]

export const FULL: MapSize = { accounts: 1_000_000, told: TOLD }

/** Gives accounts to partitions and partitions to members, one member after another. */
export function simulateMap({ accounts, partitions = DEFAULT_PARTITIONS, told }: MapSize): MapFigures {
  const addresses = Array.from({ length: accounts }, (_, n) => addressOf(n))
  const load = Array.from({ length: partitions }, () => 0)
  for (const address of addresses) {
    const part = partitionOf(address, partitions)
    load[part] = (load[part] ?? 0) + 1
  }
  const members: Members[] = []
  let owners = share(unowned(partitions), namesOf(1)).owners
  for (let n = 1; n <= Math.max(...told); n++) {
    const joined = share(owners, namesOf(n + 1))
    if (told.includes(n)) {
      const left = share(joined.owners, namesOf(n)).owners
      members.push({
        members: n,
        partitions: evenness([...sums(owners, namesOf(n), () => 1)]),
        accounts: evenness([...sums(owners, namesOf(n), (part) => load[part] ?? 0)]),
        moved_by_join: moved(owners, joined.owners, load) / accounts,
        moved_by_leave: moved(joined.owners, left, load) / accounts,
        rounds: joined.rounds,
      })
    }
    owners = joined.owners
  }
  return { accounts, per_partition: evenness(load), members, lookup_ns: lookupNs(addresses, partitions) }
}

const namesOf = (members: number): readonly string[] =>
  Array.from({ length: members }, (_, n) => `m${String(n).padStart(3, '0')}`)

function sums(owners: Owners, members: readonly string[], weigh: (part: number) => number): readonly number[] {
  const sum = new Map(members.map((member) => [member, 0]))
  for (const [part, owner] of owners.entries()) sum.set(owner, (sum.get(owner) ?? 0) + weigh(part))
  return [...sum.values()]
}

function moved(before: Owners, after: Owners, load: readonly number[]): number {
  return before.reduce((sum, owner, part) => sum + (owner === after[part] ? 0 : (load[part] ?? 0)), 0)
}

export function evenness(values: readonly number[]): Evenness {
  const sorted = values.toSorted((a, b) => a - b)
  const most = sorted.at(-1) ?? 0
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
  return { least: sorted[0] ?? 0, median, most, most_of_mean: most / mean }
}

/** One pass makes it ready, the next is measured. */
function lookupNs(addresses: readonly string[], partitions: number): number {
  const pass = () => addresses.reduce((sum, address) => sum + partitionOf(address, partitions), 0)
  const first = pass()
  const before = process.cpuUsage()
  // Its result is used: a pass whose result nobody wants may be left out.
  if (pass() !== first) throw new Error('the same address has two partitions')
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / addresses.length
}
