import type { Bus } from '@jabiru/bus'
import type { Clock, Timer } from '@jabiru/cluster'
import type { InstanceRef } from './envelope.ts'
import { subjects } from './subjects.ts'

/** How often a connection manager says that it lives. */
const BEAT_MS = 1_000
/** One that was not heard between so many looks in a row is taken for dead. */
const LOOKS = 5

/** What a connection manager says of itself. */
export interface Voice {
  /** Falls silent. */
  readonly close: () => void
  /** Says that it has left, and falls silent: nobody is to wait for it. */
  readonly leave: () => void
}

/** Says that this connection manager lives, now, every second and whenever somebody asks. */
export function sayAlive(bus: Bus, self: InstanceRef, clock: Clock): Voice {
  let timer: Timer | undefined
  const say = () => {
    if (bus.connected()) bus.publish(subjects.managers, JSON.stringify(self))
  }
  const beat = () => {
    say()
    timer = clock.setTimer(BEAT_MS, beat)
  }
  const asked = bus.subscribe(subjects.askManagers, say)
  beat()
  const close = () => {
    timer?.cancel()
    asked.unsubscribe()
  }
  return {
    close,
    leave: () => {
      close()
      if (bus.connected()) bus.publish(subjects.managersLeft, JSON.stringify(self))
    },
  }
}

/**
 * The connection managers that are heard. Silence is counted in looks, not in time: a process that stood still has not
 * listened, and must not take the others for dead.
 */
export interface Managers {
  readonly alive: () => readonly InstanceRef[]
  /** Asks those that are there to say so. */
  readonly ask: () => void
  readonly close: () => void
}

interface ManagersDeps {
  readonly bus: Bus
  readonly clock: Clock
  /** Nothing was heard of it for too long. While the bus itself is away, nobody is taken for dead. */
  readonly onDead: (manager: InstanceRef) => void
  /** It has said that it leaves. */
  readonly onLeft?: (manager: InstanceRef) => void
  /** One that was taken for dead is heard again. */
  readonly onBack: (manager: InstanceRef) => void
}

export function followManagers({ bus, clock, onDead, onLeft, onBack }: ManagersDeps): Managers {
  const heard = new Map<string, { readonly manager: InstanceRef; silent: number }>()
  const dead = new Set<string>()
  let timer: Timer | undefined

  const listening = bus.subscribe(subjects.managers, ({ payload }) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by sayAlive of this wire version
    const manager = JSON.parse(payload) as InstanceRef
    const key = `${manager.id}.${manager.epoch}`
    heard.set(key, { manager, silent: 0 })
    if (dead.delete(key)) onBack(manager)
  })
  const leaving = bus.subscribe(subjects.managersLeft, ({ payload }) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by sayAlive of this wire version
    const manager = JSON.parse(payload) as InstanceRef
    if (heard.delete(`${manager.id}.${manager.epoch}`)) onLeft?.(manager)
  })
  // After an outage of the bus everybody has the whole time once more.
  const back = bus.onConnected((connected) => {
    if (connected) for (const one of heard.values()) one.silent = 0
  })
  const sweep = () => {
    timer = clock.setTimer(BEAT_MS, sweep)
    if (!bus.connected()) return
    for (const [key, one] of heard) {
      if (one.silent++ < LOOKS) continue
      heard.delete(key)
      dead.add(key)
      onDead(one.manager)
    }
  }
  sweep()

  const ask = () => {
    if (bus.connected()) bus.publish(subjects.askManagers, '')
  }
  ask()
  return {
    alive: () => [...heard.values()].map(({ manager }) => manager),
    ask,
    close: () => {
      timer?.cancel()
      listening.unsubscribe()
      leaving.unsubscribe()
      back.unsubscribe()
    },
  }
}
