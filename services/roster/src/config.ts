import type { DomainJid } from '@jabiru/jid'
import { ROSTER_LIMITS } from '@jabiru/protocol'
import type { Limits } from './decision.ts'

/** What the roster service is told by its operator. */
export interface RosterConfig {
  readonly domains: readonly DomainJid[]
  readonly limits: Limits
  /** An account that nobody has touched for so long is put to sleep. */
  readonly idleMs: number
}

/** What is set, and the defaults for the rest. */
export type RosterSettings = Pick<RosterConfig, 'domains'> & Partial<RosterConfig>

/** What an operator gets who sets nothing. */
export const rosterDefaults: Omit<RosterConfig, 'domains'> = {
  limits: { items: 5000, requests: 500, requestBytes: 4096, removals: 200, item: ROSTER_LIMITS },
  idleMs: 900_000,
}
