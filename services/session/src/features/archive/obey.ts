import type { Clock } from '@jabiru/cluster'
import { StoreUnavailable } from '@jabiru/store'
import type { Account } from '../../account.ts'
import type { AccountStore } from '../../store/accounts.ts'

export interface ObeyDeps {
  readonly store: Pick<AccountStore, 'wanted'>
  readonly clock: Clock
  /** Told of each failure after which the preferences are read again. */
  readonly onFault: (fault: unknown) => void
}

/** How long to wait before the preferences are read again. */
const AGAIN_MS = 500

/**
 * The archive service has committed other preferences: what is written from here on obeys them. It settles when they are
 * known, and the client is answered after that; the account's mailbox waits meanwhile.
 */
export async function readWanted({ store, clock, onFault }: ObeyDeps, account: Account): Promise<void> {
  for (;;) {
    try {
      account.wanted = await store.wanted(account.jid)
      return
    } catch (fault) {
      if (!(fault instanceof StoreUnavailable)) throw fault
      onFault(fault)
    }
    await new Promise<void>((resolve) => void clock.setTimer(AGAIN_MS, resolve))
  }
}
