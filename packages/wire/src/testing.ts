import type { Bus } from '@jabiru/bus'
import type { Clock } from '@jabiru/cluster'

/** mulberry32: the same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A bus that drops, doubles and holds back messages of streams. */
export function lossy(bus: Bus, random: () => number): Bus {
  const held: (() => void)[] = []
  return {
    ...bus,
    publish: (subject, payload) => {
      const send = () => bus.publish(subject, payload)
      const dice = random()
      if (dice < 0.2) return
      if (dice < 0.3) held.push(send)
      else send()
      if (dice > 0.9) send()
      if (held.length > 0 && random() < 0.5) held.splice(0).forEach((late) => late())
    },
  }
}

/** Timers that run in the next turn of the loop: time goes as fast as the work does. */
export const fastClock = (): Clock => {
  let now = 0
  return {
    now: () => now,
    setTimer: (ms, fn) => {
      const immediate = setImmediate(() => {
        now += ms
        fn()
      })
      return { cancel: () => clearImmediate(immediate) }
    },
  }
}

/** Time that the test moves: what is due by then runs once. */
export function handClock() {
  let now = 0
  let timers: { readonly at: number; readonly fn: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    setTimer: (ms, fn) => {
      const timer = { at: now + ms, fn }
      timers.push(timer)
      return { cancel: () => void (timers = timers.filter((one) => one !== timer)) }
    },
  }
  const pass = (ms: number) => {
    now += ms
    const due = timers.filter(({ at }) => at <= now)
    timers = timers.filter(({ at }) => at > now)
    for (const { fn } of due) fn()
  }
  return { clock, pass, waiting: () => timers.length }
}
