/** The newest token of each partition, as far as somebody who only hears owners knows it. */
export interface Tokens {
  /** Whether the token is that of the owner, who may be new; an owner that was replaced is none. */
  readonly admit: (part: number, token: number) => boolean
}

export function createTokens(): Tokens {
  const known = new Map<number, number>()
  return {
    admit: (part, token) => {
      if (token < (known.get(part) ?? 0)) return false
      known.set(part, token)
      return true
    },
  }
}
