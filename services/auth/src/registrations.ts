import type { BareJid } from '@jabiru/jid'
import type { AccountReply } from '@jabiru/wire'
import type { Accounts } from './accounts.ts'
import { peerOf } from './address.ts'
import type { RegistrationConfig } from './config.ts'
import { createCounters } from './counters.ts'
import type { AccountStore } from './store/store.ts'

/** Accounts that clients make for themselves before they log in. XEP-0077 §3.1. */
export interface Registrations {
  /** Rejects as `Accounts.add` does. */
  readonly register: (wish: Wish) => Promise<AccountReply>
}

export interface Wish {
  readonly account: BareJid
  readonly password: string
  /** The address of the peer. */
  readonly address: string
}

export interface RegistrationsParts {
  readonly accounts: Pick<Accounts, 'add'>
  readonly store: Pick<AccountStore, 'find'>
  /** Milliseconds, monotonic. */
  readonly clock: () => number
}

const HOUR_MS = 60 * 60_000
const MINUTE_MS = 60_000
const EVERYBODY = ''

/**
 * Who asks for a name learns whether it is taken: XEP-0077 has it so. What keeps lists of names from being tried is the
 * limit for an address, which counts every try; what keeps one peer with many addresses from it is the limit for all.
 */
export function createRegistrations(
  config: RegistrationConfig,
  { accounts, store, clock }: RegistrationsParts,
): Registrations {
  const tries = createCounters({ window_ms: HOUR_MS, max_keys: config.max_tracked, clock })
  const all = createCounters({ window_ms: MINUTE_MS, max_keys: 1, clock })

  /** Counted before anything is looked up: tries side by side cannot outrun the limit. */
  const take = (peer: string): boolean => {
    if (tries.count(peer) >= config.registrations_per_address) return false
    if (all.count(EVERYBODY) >= config.registrations_per_minute) return false
    tries.add(peer, 1)
    all.add(EVERYBODY, 1)
    return true
  }

  return {
    register: async ({ account, password, address }) => {
      if (Array.from(password).length < config.registration_password_min) return 'unusable'
      if (!take(peerOf(address))) return 'limited'
      // Whoever had the name of an administrator would be one.
      if (config.reserved.includes(account)) return 'exists'
      if ((await store.find(account)) !== undefined) return 'exists'
      await accounts.add(account, password)
      return 'done'
    },
  }
}
