/** Counts per key over a sliding window, in bounded memory. */
export interface Counters {
  readonly add: (key: string, n: number) => void
  /** What was added over the last window, to within the assumption that the window before was even. */
  readonly count: (key: string) => number
}

export interface CountersOptions {
  readonly window_ms: number
  readonly max_keys: number
  /** Milliseconds, monotonic. */
  readonly clock: () => number
}

/** How many of the oldest keys are looked at when one has to go. */
const SAMPLE = 16

/**
 * Two windows, the running one and the one before, of which a part still counts:
 *
 *      before        running
 *   |---------xx|xxxxxxxx---|
 *              ^ now - window   ^ now
 */
export function createCounters({ window_ms, max_keys, clock }: CountersOptions): Counters {
  let running = new Map<string, number>()
  let before = new Map<string, number>()
  let turn = Math.floor(clock() / window_ms)

  const roll = (): number => {
    const now = clock() / window_ms
    const current = Math.floor(now)
    if (current !== turn) {
      before = current === turn + 1 ? running : new Map()
      running = new Map()
      turn = current
    }
    return now - current
  }

  // The smallest count of the oldest few: a flood of new keys does not wash away one that is being guessed at.
  const evict = (): void => {
    let victim: readonly [string, number] | undefined
    let looked = 0
    for (const entry of running) {
      if (victim === undefined || entry[1] < victim[1]) victim = entry
      if (++looked === SAMPLE) break
    }
    if (victim !== undefined) running.delete(victim[0])
  }

  return {
    add: (key, n) => {
      roll()
      if (!running.has(key) && running.size >= max_keys) evict()
      running.set(key, Math.max(0, (running.get(key) ?? 0) + n))
    },
    count: (key) => {
      const part = roll()
      return (running.get(key) ?? 0) + (before.get(key) ?? 0) * (1 - part)
    },
  }
}
