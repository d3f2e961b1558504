/** A timer that can be called off. */
export interface Timer {
  /** Calls it off; does nothing once it has run. */
  readonly cancel: () => void
}

/** Time that never jumps. Handed in, so that tests own it. */
export interface Clock {
  /** Milliseconds since some moment; only differences mean anything. */
  readonly now: () => number
  /** Runs `fn` once after `ms`. Does not keep the process alive. */
  readonly setTimer: (ms: number, fn: () => void) => Timer
}

/** The monotonic clock of this process. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  setTimer: (ms: number, fn: () => void) => {
    const timer = setTimeout(fn, ms).unref()
    return { cancel: () => clearTimeout(timer) }
  },
})

/** A clock that moves only when told to, for tests. */
export interface ManualClock extends Clock {
  /** Moves on by `ms`, running what falls due on the way, in order. */
  readonly advance: (ms: number) => void
  /** Timers that have not run yet. */
  readonly pending: () => number
}

/** Makes a clock for tests; it begins at 0. */
export function createManualClock(): ManualClock {
  let now = 0
  let timers: readonly { readonly at: number; readonly fn: () => void }[] = []
  const runUntil = (end: number): void => {
    const next = timers.filter((t) => t.at <= end).toSorted((a, b) => a.at - b.at)[0]
    if (next === undefined) return
    timers = timers.filter((t) => t !== next)
    now = next.at
    next.fn()
    runUntil(end)
  }
  return {
    now: () => now,
    setTimer: (ms, fn) => {
      const timer = { at: now + ms, fn }
      timers = [...timers, timer]
      return { cancel: () => void (timers = timers.filter((t) => t !== timer)) }
    },
    advance: (ms) => {
      const end = now + ms
      runUntil(end)
      now = end
    },
    pending: () => timers.length,
  }
}
