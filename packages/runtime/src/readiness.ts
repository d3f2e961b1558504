/** Why this process should not be sent traffic. Ready means that there is no reason. */
export interface Readiness {
  /** Gives a reason, or a new one, under a name. */
  readonly block: (name: string, reason: string) => void
  /** Takes the reason of that name away. */
  readonly clear: (name: string) => void
  /** The reasons that stand, by name. */
  readonly reasons: () => Readonly<Record<string, string>>
  readonly isReady: () => boolean
}

/** A registry without reasons. */
export function createReadiness(): Readiness {
  const standing = new Map<string, string>()
  return {
    block: (name, reason) => void standing.set(name, reason),
    clear: (name) => void standing.delete(name),
    reasons: () => Object.fromEntries(standing),
    isReady: () => standing.size === 0,
  }
}
