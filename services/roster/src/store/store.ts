import type { BareJid, Jid } from '@jabiru/jid'
import type { Fence } from '@jabiru/store'
import type { Change, Roster } from '../roster.ts'

/** Where rosters last. */
export interface RosterStore {
  /** Undefined where there is no such account. */
  readonly read: (owner: BareJid) => Promise<Roster | undefined>
  /** Whom the account has blocked, which session writes. XEP-0191. */
  readonly blocked: (owner: BareJid) => Promise<ReadonlySet<Jid>>
  /** What is left of an account that is gone or being removed; nothing of one that lives. */
  readonly remains: (owner: BareJid) => Promise<Roster>
  /**
   * Commits one change, or nothing where the lease's token does not stand any more. The same change may be committed
   * twice. Rejects with StoreUnavailable when it is not known whether it was.
   */
  readonly write: (lease: Fence, owner: BareJid, change: Change) => Promise<'written' | 'fenced'>
  /** Forgets everything of an account that is gone or being removed. */
  readonly erase: (lease: Fence, owner: BareJid) => Promise<'written' | 'fenced'>
}
