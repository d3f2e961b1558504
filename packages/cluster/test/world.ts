/** Numbers from 0 to below 1 that a seed decides: mulberry32. */
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
  readonly order: number
  readonly run: () => void
  cancelled: boolean
}

/** One timeline in milliseconds, on which nothing happens but what was put there. */
export interface World {
  readonly now: () => number
  readonly at: (delay: number, run: () => void) => { readonly cancel: () => void }
  /** Runs what is due until `end`, or until `over`; between two events everything settles. */
  readonly runUntil: (end: number, over?: () => boolean) => Promise<void>
}

/** A tick comes when no promise is left that could go on: sooner than the next turn of the loop. */
const idle = () => new Promise<void>((resolve) => process.nextTick(resolve))

/** `settled` resolves when what was begun has come to rest: all promises, and what stands behind them. */
export function createWorld(settled: () => Promise<void> = idle): World {
  let now = 0
  let order = 0
  const queue = createQueue()
  return {
    now: () => now,
    at: (delay, run) => {
      const timed = { at: now + Math.max(delay, 0), order: order++, run, cancelled: false }
      queue.add(timed)
      return { cancel: () => void (timed.cancelled = true) }
    },
    runUntil: async (end, over = () => false) => {
      await settled()
      for (let next = queue.first(); next && next.at <= end && !over(); next = queue.first()) {
        queue.removeFirst()
        if (next.cancelled) continue
        now = next.at
        next.run()
        await settled()
      }
      if (!over()) now = end
    },
  }
}

/** What is due first stands first; of two that are due at once, the one that was added first: a binary heap. */
function createQueue() {
  const heap: Timed[] = []
  const earlier = (one: Timed | undefined, other: Timed | undefined): boolean =>
    one !== undefined && (other === undefined || one.at < other.at || (one.at === other.at && one.order < other.order))
  const swap = (i: number, j: number) => {
    const [one, other] = [heap[i], heap[j]]
    if (!one || !other) return
    heap[i] = other
    heap[j] = one
  }
  return {
    first: () => heap[0],
    add: (timed: Timed) => {
      heap.push(timed)
      for (let i = heap.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1
        if (!earlier(heap[i], heap[parent])) break
        swap(i, parent)
        i = parent
      }
    },
    removeFirst: () => {
      swap(0, heap.length - 1)
      heap.pop()
      for (let i = 0; ; ) {
        const [left, right] = [2 * i + 1, 2 * i + 2]
        const least = earlier(heap[right], heap[left]) ? right : left
        if (!earlier(heap[least], heap[i])) break
        swap(i, least)
        i = least
      }
    },
  }
}
