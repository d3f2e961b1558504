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

export interface WorldOptions {
  /** Resolves when what was begun has come to rest: all promises, and what stands behind them. */
  readonly settled?: () => Promise<void>
  /** What is due within so many milliseconds happens at once, before anything of it settles. 0: one after another. */
  readonly grainMs?: number
}

export function createWorld({ settled = idle, grainMs = 0 }: WorldOptions = {}): World {
  let now = 0
  let order = 0
  const queue = createQueue()
  const coarse = (at: number) => (grainMs === 0 ? at : Math.ceil(at / grainMs) * grainMs)
  const runNext = (): boolean => {
    const next = queue.first()
    if (!next) return false
    queue.removeFirst()
    if (next.cancelled) return false
    now = next.at
    next.run()
    return true
  }
  const isDue = (limit: number) => (queue.first()?.at ?? Number.POSITIVE_INFINITY) <= limit
  /** False where everything had been called off. */
  const runGrain = (): boolean => {
    let ran = runNext()
    if (grainMs > 0) while (isDue(now)) ran = runNext() || ran
    return ran
  }
  return {
    now: () => now,
    at: (delay, run) => {
      const timed = { at: coarse(now + Math.max(delay, 0)), order: order++, run, cancelled: false }
      queue.add(timed)
      return { cancel: () => void (timed.cancelled = true) }
    },
    runUntil: async (end, over = () => false) => {
      await settled()
      while (isDue(end) && !over()) {
        if (runGrain()) await settled()
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
