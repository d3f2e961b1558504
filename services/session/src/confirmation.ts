import { type Advanced, type Confirmation, type Fence, StoreUnavailable } from '@jabiru/store'
import { NotOwner } from '@jabiru/wire'
import type { Account } from './account.ts'
import type { AccountStore } from './store/accounts.ts'

export interface ConfirmationDeps {
  /** Stores how far the account's devices have confirmed, with the next group. */
  readonly advance: (confirmation: Confirmation & Fence) => Promise<Advanced>
  readonly store: Pick<AccountStore, 'dropHeld'>
  readonly onFault: (fault: unknown) => void
}

/**
 * Devices have confirmed these positions. What is stored is the highest one and the exceptions below it; all
 * confirmations of one turn of the loop are one write. Settles when they are stored: until then the connection manager
 * tells a new owner of them, which would repeat them otherwise. Rejects with NotOwner.
 */
export function noteConfirmed(deps: ConfirmationDeps, account: Account, positions: readonly number[]): Promise<void> {
  const held = positions.filter((position) => account.undelivered.get(position)?.held)
  let news = false
  for (const position of positions) {
    news = account.undelivered.delete(position) || news
    account.watermark = Math.max(account.watermark, position)
  }
  if (held.length > 0) deps.store.dropHeld(account.jid, held).catch(deps.onFault)
  if (!news || account.confirmationDue) return account.stored
  account.confirmationDue = true
  account.stored = new Promise((resolve) => void setImmediate(resolve)).then(() => {
    account.confirmationDue = false
    return store(deps, account)
  })
  // The lane that brought a confirmation may be gone.
  account.stored.catch(() => undefined)
  return account.stored
}

async function store(deps: ConfirmationDeps, account: Account): Promise<void> {
  try {
    const { outcome } = await deps.advance(confirmationOf(account))
    if (outcome === 'written') return
  } catch (fault) {
    // Repeated to the next device, and never lost.
    if (!(fault instanceof StoreUnavailable)) return deps.onFault(fault)
  }
  throw new NotOwner(`${account.jid} has moved`)
}

function confirmationOf(account: Account): Confirmation & Fence {
  const { watermark, part, token } = account
  const exceptions = [...account.undelivered.keys()].filter((position) => position < watermark)
  return { owner: account.jid, watermark, exceptions, part, token }
}
