import { hash } from 'node:crypto'
import { peerOf } from './address.ts'
import { createCounters } from './counters.ts'

/** Who tries to be whom. */
export interface Attempt {
  /** The account as claimed; one that does not exist counts like one that does. */
  readonly account: string
  /** The address of the peer. */
  readonly address: string
}

/** Limits on guessing passwords. Pure but for the clock it is given; memory is bounded. */
export interface Attempts {
  /** Whether the address has guessed too often. */
  readonly addressBlocked: (address: string) => boolean
  /** Whether this account may not be tried from this address now. */
  readonly blocked: (attempt: Attempt) => boolean
  /**
   * Counts one try before it is verified, so that tries side by side cannot outrun the count. False where it is refused;
   * a refused one does not count.
   */
  readonly take: (attempt: Attempt) => boolean
  /** The try was no guess: the password was right, or was never looked at. */
  readonly giveBack: (attempt: Attempt) => void
  /** A login: from this address the account stays open, whatever others try. */
  readonly succeeded: (attempt: Attempt) => void
}

export interface AttemptsOptions {
  readonly attempts_window_ms: number
  readonly max_attempts_per_account: number
  readonly max_attempts_per_address: number
  readonly max_tracked: number
}

/** An owner who logs in once a day is remembered from one day to the next. */
const REMEMBER_MS = 2 * 24 * 60 * 60 * 1000

/** Sliding counters per account and per address. `clock` is in milliseconds and monotonic. */
export function createAttempts(options: AttemptsOptions, clock: () => number): Attempts {
  const { attempts_window_ms: window_ms, max_tracked: max_keys } = options
  const accounts = createCounters({ window_ms, max_keys, clock })
  const addresses = createCounters({ window_ms, max_keys, clock })
  const logins = createCounters({ window_ms: REMEMBER_MS, max_keys, clock })
  const ofAccount = ({ account }: Attempt): string => keyOf(account)
  const ofAddress = (address: string): string => keyOf(peerOf(address))
  const ofBoth = ({ account, address }: Attempt): string => keyOf(`${peerOf(address)} ${account}`)

  const addressBlocked = (address: string): boolean =>
    addresses.count(ofAddress(address)) >= options.max_attempts_per_address

  // A limit per account alone would let anyone lock anyone out.
  const blocked = (attempt: Attempt): boolean =>
    addressBlocked(attempt.address) ||
    (accounts.count(ofAccount(attempt)) >= options.max_attempts_per_account && logins.count(ofBoth(attempt)) === 0)

  const add = (attempt: Attempt, n: number): void => {
    accounts.add(ofAccount(attempt), n)
    addresses.add(ofAddress(attempt.address), n)
  }

  return {
    addressBlocked,
    blocked,
    take: (attempt) => {
      if (blocked(attempt)) return false
      add(attempt, 1)
      return true
    },
    giveBack: (attempt) => add(attempt, -1),
    succeeded: (attempt) => {
      if (logins.count(ofBoth(attempt)) < 1) logins.add(ofBoth(attempt), 1)
    },
  }
}

/** What is remembered of a text as long as the client likes: a digest of one length. */
function keyOf(text: string): string {
  return hash('sha256', text, 'base64url')
}
