import { type Derivation, saltPassword } from '@jabiru/sasl'

/** PBKDF2 with a bound on how much of it runs and waits. */
export interface Derivations {
  /** The salted password; undefined where too many wait already. */
  readonly run: (derivation: Derivation) => Promise<Uint8Array | undefined>
}

export interface DerivationsOptions {
  readonly max_derivations: number
  readonly max_waiting_derivations: number
}

/** `derive` is PBKDF2 unless a test counts or holds it. */
export function createDerivations(
  { max_derivations, max_waiting_derivations }: DerivationsOptions,
  derive: (derivation: Derivation) => Promise<Uint8Array> = saltPassword,
): Derivations {
  const waiting: (() => void)[] = []
  let running = 0

  // A place is handed on, not given back and taken again, so that nobody overtakes those who wait.
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }

  return {
    run: async (derivation) => {
      if (running < max_derivations) running++
      else if (waiting.length >= max_waiting_derivations) return undefined
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await derive(derivation)
      } finally {
        leave()
      }
    },
  }
}
