/** Between the beginnings of two commits of a process that never rests, in ms. */
const LONGEST_MS = 12
/** Over so much time it is seen how busy the process is, in ms. */
const SPAN_MS = 100

/** Time that this process has had nothing to do, and had something, in ms since it began. */
export interface Share {
  readonly idle: number
  readonly active: number
}

/**
 * How long after a commit the next one begins at the soonest, in ms. Many small commits take more of the processors than
 * waiting takes of time, but only who is busy lacks them.
 */
export function createPace(read: () => Share = () => performance.eventLoopUtilization()): () => number {
  let since = read()
  let busy = 0
  return () => {
    const now = read()
    const active = now.active - since.active
    const passed = now.idle - since.idle + active
    if (passed >= SPAN_MS) {
      busy = active / passed
      since = now
    }
    return LONGEST_MS * busy ** 2
  }
}
