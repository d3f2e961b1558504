import type { Clock, Timer } from '@jabiru/cluster'

/** Something that many may ask for at once. */
export interface Paced {
  readonly run: () => void
  readonly close: () => void
}

/** Runs at once, and again at the end of each `ms` in which it was asked for: where all are slow, all ask. */
export function paced(clock: Clock, ms: number, what: () => void): Paced {
  let timer: Timer | undefined
  let due = false
  const run = () => {
    if (timer !== undefined) {
      due = true
      return
    }
    timer = clock.setTimer(ms, () => {
      timer = undefined
      if (due) run()
    })
    due = false
    what()
  }
  return { run, close: () => timer?.cancel() }
}
