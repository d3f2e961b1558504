import { StoreUnavailable } from '@jabiru/store'
import type { World } from './world.ts'

/** How a member is cut off from the database. */
export type Cut =
  /** Connections are refused: a statement fails at once and takes no effect. */
  | 'refused'
  /** Nothing comes through, and nobody says so. */
  | 'silent'
  /** Statements take effect, their answers are lost. */
  | 'answers'
  /** The connection breaks under a statement, which takes effect some time later, after those that were sent behind it. */
  | 'late'

/** The state of the way between one member and the database. */
export interface LineState {
  readonly cut?: Cut | undefined
  /** The database answers within so many milliseconds. */
  readonly withinMs: number
}

export interface LineDeps {
  readonly world: World
  readonly random: () => number
  readonly state: () => LineState
  /** What arrives at the member waits while it sleeps, and is lost when it is dead. */
  readonly whenAwake: (run: () => void) => void
}

/** A statement without an answer is given up after so many milliseconds, as the store does. */
const GIVE_UP_MS = 15_000
/** A statement of a broken connection takes effect within so many milliseconds. */
const LATE_MS = 8_000
/** What takes longer is trouble. */
const CALM_MS = 60

/** The way of one member's statements to the database and of the answers back. */
export interface Line {
  readonly send: <T>(statement: () => Promise<T>) => Promise<T>
  /** When the last statement failed or was slow; now, where one is outstanding for too long. */
  readonly troubledAt: () => number
}

export function createLine({ world, random, state, whenAwake }: LineDeps): Line {
  let troubledAt = Number.NEGATIVE_INFINITY
  const outstanding = new Set<{ readonly sentAt: number }>()
  const latency = () => 1 + random() * (state().withinMs / 2)

  const attempt = <T>(
    statement: () => Promise<T>,
    settle: { readonly done: (answer: T) => void; readonly fail: () => void },
  ): void => {
    const { cut } = state()
    if (cut === 'refused') {
      world.at(10, settle.fail)
      return
    }
    const giveUp = world.at(cut === 'late' ? 50 : GIVE_UP_MS, settle.fail)
    world.at(cut === 'late' ? random() * LATE_MS : latency(), () => {
      const there = state().cut
      if (there === 'silent' || there === 'refused') return
      void statement().then((answer) => {
        if (cut !== undefined || there !== undefined) return
        giveUp.cancel()
        world.at(latency(), () => settle.done(answer))
      })
    })
  }

  return {
    send: (statement) =>
      new Promise((resolve, reject) => {
        const sent = { sentAt: world.now() }
        outstanding.add(sent)
        const once = (run: () => void, ok: boolean) =>
          whenAwake(() => {
            if (!outstanding.delete(sent)) return
            if (!ok || world.now() - sent.sentAt > CALM_MS) troubledAt = world.now()
            run()
          })
        attempt(statement, {
          done: (answer) => once(() => resolve(answer), true),
          fail: () => once(() => reject(new StoreUnavailable('the database does not answer')), false),
        })
      }),
    troubledAt: () => {
      const late = [...outstanding].some(({ sentAt }) => world.now() - sentAt > CALM_MS)
      return late ? world.now() : troubledAt
    },
  }
}
