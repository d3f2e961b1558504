import type { BareJid, DomainJid } from '@jabiru/jid'

/** What is decided about accounts that clients make for themselves. */
export interface RegistrationConfig {
  /** Tries from one address within an hour; an IPv6 address counts as its /64. Each auth process counts for itself. */
  readonly registrations_per_address: number
  /** The same from all addresses, within a minute. */
  readonly registrations_per_minute: number
  /** Characters of such an account's password. */
  readonly registration_password_min: number
  /** Names that nobody takes. */
  readonly reserved: readonly BareJid[]
  /** Addresses remembered at most. */
  readonly max_tracked: number
}

/** What the auth service is told. Units stand in the names. */
export interface AuthConfig extends RegistrationConfig {
  /** Domains whose accounts live here. */
  readonly domains: readonly DomainJid[]
  /** PBKDF2 rounds of new passwords. */
  readonly scram_iterations: number
  /** A login that takes longer than this is forgotten. */
  readonly exchange_deadline_ms: number
  /** Logins under way at once in this process; more are told to try again. */
  readonly max_exchanges: number
  /** The same, from one address. */
  readonly max_exchanges_per_address: number
  /** PBKDF2 computations at once, for PLAIN; they share Node's four threads with files and names. */
  readonly max_derivations: number
  /** How many may wait for one of these. */
  readonly max_waiting_derivations: number
  /** Window over which wrong passwords are counted. */
  readonly attempts_window_ms: number
  /** Wrong passwords per account in a window. Each auth process counts for itself. */
  readonly max_attempts_per_account: number
  /** Wrong passwords per address in a window; an IPv6 address counts as its /64. */
  readonly max_attempts_per_address: number
  /** Accounts, and addresses, remembered at most. */
  readonly max_tracked: number
}

/** What an operator gets who sets nothing. */
export const authDefaults: Omit<AuthConfig, 'domains' | 'reserved'> = {
  scram_iterations: 10_000,
  exchange_deadline_ms: 60_000,
  max_exchanges: 10_000,
  max_exchanges_per_address: 500,
  max_derivations: 2,
  max_waiting_derivations: 500,
  attempts_window_ms: 300_000,
  max_attempts_per_account: 20,
  max_attempts_per_address: 100,
  max_tracked: 50_000,
  registrations_per_address: 20,
  registrations_per_minute: 60,
  registration_password_min: 8,
}
