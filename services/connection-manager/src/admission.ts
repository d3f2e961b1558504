import type { Clock, Timer } from '@jabiru/cluster'

/** Who may begin to log in, and when: so many a second, the others in the order in which they came. */
export interface Admission {
  /** Runs `enter` now, or when it is its turn. */
  readonly admit: (enter: () => void) => void
  /** How many wait for their turn. */
  readonly waiting: () => number
  /** Those that wait are not let in any more. */
  readonly close: () => void
}

interface AdmissionDeps {
  readonly clock: Clock
  /** At this moment. */
  readonly perSecond: () => number
}

/** What comes at once goes in at once, up to what a part of a second is worth. */
const BURST = 1 / 4

export function createAdmission({ clock, perSecond }: AdmissionDeps): Admission {
  let line: (() => void)[] = []
  let first = 0
  let left = Number.POSITIVE_INFINITY
  let at = clock.now()
  let timer: Timer | undefined

  const earn = () => {
    const now = clock.now()
    const rate = perSecond()
    left = Math.min(Math.max(1, rate * BURST), left + ((now - at) / 1000) * rate)
    at = now
  }

  const next = () => {
    const enter = line[first++]
    if (first > line.length / 2) {
      line = line.slice(first)
      first = 0
    }
    return enter
  }

  const letIn = () => {
    timer = undefined
    earn()
    while (left >= 1 && line.length > first) {
      left -= 1
      next()?.()
    }
    if (line.length > first) timer = clock.setTimer(Math.ceil(((1 - left) / perSecond()) * 1000), letIn)
  }

  return {
    admit: (enter) => {
      line.push(enter)
      if (timer === undefined) letIn()
    },
    waiting: () => line.length - first,
    close: () => {
      timer?.cancel()
      timer = undefined
      line = []
      first = 0
    },
  }
}
