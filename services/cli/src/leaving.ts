import type { Readiness } from '@jabiru/runtime'

/** How a server leaves, in words: /readyz has the last of them, and whoever follows gets each. */
export interface Leaving {
  /** From now on it leaves. */
  readonly begin: () => void
  readonly hasBegun: () => boolean
  /** How far it is; nothing is told of what happens before it leaves. */
  readonly tell: (progress: string) => void
  /** Hears what is told from now on. */
  readonly follow: (hear: (progress: string) => void) => void
}

export function createLeaving(readiness: Pick<Readiness, 'block'>): Leaving {
  const followers: ((progress: string) => void)[] = []
  let begun = false
  const tell = (progress: string) => {
    if (!begun) return
    readiness.block('process', progress)
    for (const hear of followers) hear(progress)
  }
  return {
    begin: () => {
      begun = true
      tell('stopping')
    },
    hasBegun: () => begun,
    tell,
    follow: (hear) => void followers.push(hear),
  }
}
