import type { Clock, Timer } from '@jabiru/cluster'

interface PaceDeps {
  readonly clock: Clock
  readonly bytesPerSecond: number
  readonly hold: () => void
  readonly release: () => void
}

/** How fast one client is read: a second's worth at once, and no more in the long run. RFC 6120 §13.12. */
export interface Pace {
  readonly took: (bytes: number) => void
  readonly stop: () => void
}

export function createPace({ clock, bytesPerSecond, hold, release }: PaceDeps): Pace {
  let left = bytesPerSecond
  let at = clock.now()
  let timer: Timer | undefined
  const go = () => {
    timer = undefined
    release()
  }
  return {
    took: (bytes) => {
      const now = clock.now()
      left = Math.min(bytesPerSecond, left + ((now - at) / 1000) * bytesPerSecond) - bytes
      at = now
      if (left >= 0 || timer !== undefined) return
      hold()
      timer = clock.setTimer(Math.ceil((-left / bytesPerSecond) * 1000), go)
    },
    stop: () => timer?.cancel(),
  }
}
