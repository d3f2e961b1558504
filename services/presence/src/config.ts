import type { DomainJid } from '@jabiru/jid'

/** What the presence service is told by its operator. */
export interface PresenceConfig {
  readonly domains: readonly DomainJid[]
  /** Addresses that one session may have told its presence directly; rooms are such. RFC 6121 §4.6. */
  readonly directed: number
  /** An account of which nobody is there and that nobody has touched for so long is forgotten. */
  readonly idleMs: number
}

/** What is set, and the defaults for the rest. */
export type PresenceSettings = Pick<PresenceConfig, 'domains'> & Partial<PresenceConfig>

/** What an operator gets who sets nothing. */
export const presenceDefaults: Omit<PresenceConfig, 'domains'> = { directed: 1000, idleMs: 900_000 }
