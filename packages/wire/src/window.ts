/**
 * The two ends of a numbered stream, without clocks or a bus.
 *
 *    sender                                   receiver
 *    push ─► 1 2 3 4 5 ──── frames ────────►  takes 1, 2, 3 …; refuses a gap and names what it expects
 *            ▲                                │ handles in order; an entry may settle late, and later ones before it
 *            └────────── acknowledgement ◄────┘ the settled prefix, and what is settled beyond it
 *
 * What is settled beyond the prefix must be told: an entry may wait for a later one of the same stream, as a
 * message waits for its recipient, whose owner may be the same process.
 */

/** Numbers from the first to the second, both included. */
export type Range = readonly [from: number, to: number]

/** Told once of an entry: it is settled, or never will be. */
export type Settle = (fault?: Error) => void

interface Entry<T> {
  /** Gone once it is settled: a number without content. */
  item: T | undefined
  readonly bytes: number
  settle: Settle | undefined
}

/** What a sender keeps until it is acknowledged. Numbers start at 1. */
export interface SendWindow<T> {
  readonly push: (item: T, bytes: number, settle: Settle) => number
  /** The next entries to put on the bus, at most `max`; they count as sent. What is settled already is undefined. */
  readonly take: (max: number) => { readonly first: number; readonly items: readonly (T | undefined)[] }
  /** Everything up to `upTo`, and what is in `beyond`, is settled. True if that is news. */
  readonly ack: (upTo: number, beyond?: readonly Range[]) => boolean
  /** Sends again from `from`, or from the oldest entry that is not acknowledged. */
  readonly rewind: (from?: number) => void
  /** The entry is settled unless it was taken: its number goes out without content. */
  readonly skip: (n: number) => void
  /** What is not settled, in order, with the way to settle it: for another window. This one is not used any more. */
  readonly rest: () => readonly { readonly item: T; readonly bytes: number; readonly settle: Settle }[]
  readonly base: () => number
  readonly high: () => number
  /** Bytes that wait for an acknowledgement. */
  readonly bytes: () => number
  readonly unsent: () => boolean
  readonly unacknowledged: () => boolean
}

/** Settled entries at the front are thrown out when they are so many, or half of all. */
const SWEEP = 1024

export function createSendWindow<T>(): SendWindow<T> {
  let entries: Entry<T>[] = []
  let start = 1 // the number of entries[0]
  let base = 1 // the oldest number that is not settled
  let next = 1 // the next number to send
  let bytes = 0
  const high = () => start + entries.length - 1

  const settleOne = (n: number): boolean => {
    const entry = entries[n - start]
    if (entry?.settle === undefined) return false
    const { settle } = entry
    entry.settle = entry.item = undefined
    bytes -= entry.bytes
    settle()
    return true
  }

  const settleRange = (from: number, to: number): boolean => {
    let news = false
    const last = Math.min(to, high())
    for (let n = Math.max(from, base); n <= last; n++) news = settleOne(n) || news
    return news
  }

  const sweep = () => {
    while (base <= high() && entries[base - start]?.settle === undefined) base++
    next = Math.max(next, base)
    const settled = base - start
    if (settled < SWEEP && settled < entries.length / 2) return
    entries = entries.slice(settled)
    start = base
  }

  return {
    push: (item, size, settle) => {
      entries.push({ item, bytes: size, settle })
      bytes += size
      return high()
    },
    take: (max) => {
      const first = next
      const items = entries.slice(next - start, next - start + max).map((entry) => entry.item)
      next += items.length
      return { first, items }
    },
    ack: (upTo, beyond = []) => {
      let news = settleRange(base, upTo)
      for (const [from, to] of beyond) news = settleRange(from, to) || news
      if (news) sweep()
      return news
    },
    rewind: (from = base) => {
      next = Math.min(next, Math.max(from, base))
    },
    skip: (n) => {
      if (n >= next) settleOne(n)
    },
    rest: () =>
      entries.flatMap(({ item, bytes, settle }) =>
        item === undefined || settle === undefined ? [] : [{ item, bytes, settle }],
      ),
    base: () => base,
    high,
    bytes: () => bytes,
    unsent: () => next <= high(),
    unacknowledged: () => base <= high(),
  }
}

/** What a receiver knows of one stream. */
export interface ReceiveWindow {
  /**
   * Which of the entries `first … first + count - 1` to handle now: those from `skip` on, or none where
   * something before them is missing (`gap`).
   */
  readonly accept: (first: number, count: number) => { readonly skip: number; readonly gap: boolean }
  /** Entry `n` and those after it were accepted and are not handled: they are expected once more. */
  readonly refuse: (n: number) => void
  /** Entry `n` is committed. */
  readonly settle: (n: number) => void
  /** The number up to which everything is committed. */
  readonly settled: () => number
  /** What is committed beyond it, in order. */
  readonly beyond: () => readonly Range[]
  readonly expected: () => number
}

/** `base`: what the sender said is its oldest number; everything below was settled by an earlier owner. */
export function createReceiveWindow(base: number): ReceiveWindow {
  let expected = base
  let settled = base - 1
  const ranges: [from: number, to: number][] = []

  /** Where `n` is to stand among the ranges; it is most often one of the last. */
  const placeOf = (n: number): number => {
    let at = ranges.length
    while (at > 0 && (ranges[at - 1]?.[0] ?? 0) > n) at--
    return at
  }

  const include = (n: number) => {
    const at = placeOf(n)
    const [before, after] = [ranges[at - 1], ranges[at]]
    if (before !== undefined && n <= before[1]) return
    const joinsBefore = before !== undefined && before[1] === n - 1
    const joinsAfter = after !== undefined && after[0] === n + 1
    if (joinsBefore && joinsAfter) ranges.splice(at - 1, 2, [before[0], after[1]])
    else if (joinsBefore) before[1] = n
    else if (joinsAfter) after[0] = n
    else ranges.splice(at, 0, [n, n])
  }

  return {
    accept: (first, count) => {
      if (first > expected) return { skip: count, gap: true }
      const skip = Math.min(count, expected - first)
      expected = Math.max(expected, first + count)
      return { skip, gap: false }
    },
    refuse: (n) => {
      expected = Math.min(expected, n)
    },
    settle: (n) => {
      if (n <= settled) return
      if (n > settled + 1) return include(n)
      settled = n
      if (ranges[0]?.[0] === n + 1) settled = ranges.shift()?.[1] ?? n
    },
    settled: () => settled,
    beyond: () => ranges.map(([from, to]) => [from, to]),
    expected: () => expected,
  }
}
