import type { Clock } from '@jabiru/cluster'
import type { Group } from './envelope.ts'

/** The partitions that this process has given up, until others have them: how long nobody took anything in for them. */
export interface HandOvers {
  /** Nothing more is taken in for a partition under this token. */
  readonly begins: (group: Group, part: number, token: number) => void
  /** Somebody owns it under this token. */
  readonly moved: (group: Group, part: number, token: number) => void
  /** It is taken in for here again. */
  readonly forget: (group: Group, part: number) => void
  /** Settles when others have all of them, or when that has taken too long once: nobody may be there to take them. */
  readonly settled: () => Promise<void>
}

/** Others that are there have taken what is free by then. */
const PATIENCE_MS = 1_000

interface HandOversDeps {
  readonly clock: Clock
  /** Others have all that was given up of a group; how long each partition took, in ms. */
  readonly onDone: (group: Group, tookMs: readonly number[]) => void
}

interface Leaving {
  readonly under: Map<number, { readonly token: number; readonly since: number }>
  tookMs: number[]
}

export function createHandOvers({ clock, onDone }: HandOversDeps): HandOvers {
  const groups = new Map<Group, Leaving>()
  let whenSettled = () => {}
  let late = false

  const ends = (group: Group, leaving: Leaving) => {
    if (leaving.under.size > 0) return
    groups.delete(group)
    if (leaving.tookMs.length > 0) onDone(group, leaving.tookMs)
    if (groups.size === 0) whenSettled()
  }

  return {
    begins: (group, part, token) => {
      const leaving = groups.get(group) ?? { under: new Map(), tookMs: [] }
      groups.set(group, leaving)
      leaving.under.set(part, { token, since: clock.now() })
    },
    moved: (group, part, token) => {
      const leaving = groups.get(group)
      const known = leaving?.under.get(part)
      if (leaving === undefined || known === undefined || token <= known.token) return
      leaving.under.delete(part)
      leaving.tookMs.push(clock.now() - known.since)
      ends(group, leaving)
    },
    forget: (group, part) => {
      const leaving = groups.get(group)
      if (leaving?.under.delete(part)) ends(group, leaving)
    },
    settled: () =>
      new Promise((resolve) => {
        if (groups.size === 0 || late) return resolve()
        const timer = clock.setTimer(PATIENCE_MS, () => {
          late = true
          resolve()
        })
        whenSettled = () => {
          timer.cancel()
          resolve()
        }
      }),
  }
}
