import type { BareJid } from '@jabiru/jid'
import type { AccountAnswer, AccountQuestion, AccountReply, AccountRequest, OwnerEnvelope } from '@jabiru/wire'

/** What administrators' commands need of the house. */
export interface AdministrationDeps {
  readonly isAdmin: (account: BareJid) => boolean
  /** What auth does with an account, and knows of accounts. */
  readonly request: (request: AccountRequest) => Promise<AccountReply>
  readonly question: (question: AccountQuestion) => Promise<AccountAnswer>
  /** An account that is to be removed is removed from here on. */
  readonly finishRemoval: (account: BareJid) => void
  /** Tells the owner of the account's sessions; settles when it has done as told. */
  readonly tell: (envelope: Extract<OwnerEnvelope, { k: 'standing-changed' | 'end-sessions' }>) => Promise<void>
  readonly look: Looks
}

/** Who is there, as one partition has it. */
export interface Presence {
  readonly count: number
  readonly accounts: readonly BareJid[]
}

export const KINDS_OF_PRESENCE = ['online', 'active', 'idle'] as const
export type KindOfPresence = (typeof KINDS_OF_PRESENCE)[number]

/** What the owners of partitions know. */
export interface Looks {
  readonly resourcesOf: (account: BareJid) => Promise<readonly string[]>
  /** The items of a roster, as XML. */
  readonly rosterOf: (account: BareJid) => Promise<readonly string[]>
  /** Who is there, and how many of the partitions have not answered. */
  readonly presence: (kind: KindOfPresence, most: number) => Promise<Presence & { readonly silent: number }>
}
