import { scramVariant } from './offer.ts'
import { plainServer } from './plain-server.ts'
import { scramServer } from './scram-server.ts'
import {
  type Challenge,
  type Derive,
  type Failure,
  fail,
  type Lookup,
  type ServerContext,
  type ServerStep,
  type Success,
} from './step.ts'

/**
 * The first step of the mechanism: an empty challenge, to be answered with the initial response where the client sent
 * one and to be sent where it did not, or a failure. A mechanism that was not offered does not exist (RFC 6120 §6.5.7).
 */
export function serverMechanism(name: string, context: ServerContext): ServerStep {
  if (name === 'PLAIN' && !context.secure) return fail('encryption-required') // RFC 6120 §6.5.4
  if (!context.offered.includes(name)) return fail('invalid-mechanism')
  if (name === 'PLAIN') return plainServer(context)
  const variant = scramVariant(name)
  return variant === undefined ? fail('invalid-mechanism') : scramServer(variant, context)
}

/** What driving a machine needs of the outside. */
export interface Effects {
  readonly lookup: (step: Lookup) => Promise<ServerStep>
  readonly derive: (step: Derive) => Promise<ServerStep>
}

/** Runs the machine up to the next thing the client must hear. Throws what the effects throw. */
export async function drive(step: ServerStep, effects: Effects): Promise<Challenge | Success | Failure> {
  let current = step
  for (;;) {
    switch (current.kind) {
      case 'lookup':
        current = await effects.lookup(current)
        break
      case 'derive':
        current = await effects.derive(current)
        break
      case 'challenge':
      case 'success':
      case 'failure':
        return current
    }
  }
}
