/** A timer that can be called off. */
export interface Timer {
  /** Calls it off; does nothing once it has run. */
  readonly cancel: () => void
}

/** Monotonic time in milliseconds and one-shot timers, handed in so that tests drive them. */
export interface Clock {
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
