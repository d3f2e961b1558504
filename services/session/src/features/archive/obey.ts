import type { Account } from '../../account.ts'
import type { AccountStore } from '../../store/accounts.ts'
import { type PatienceDeps, patiently } from '../../store/patience.ts'

export interface ObeyDeps extends PatienceDeps {
  readonly store: Pick<AccountStore, 'wanted'>
}

/**
 * The archive service has committed other preferences: what is written from here on obeys them. It settles when they are
 * known, and the client is answered after that; the account's mailbox waits meanwhile.
 */
export async function readWanted({ store, ...deps }: ObeyDeps, account: Account): Promise<void> {
  account.wanted = await patiently(deps, () => store.wanted(account.jid))
}
