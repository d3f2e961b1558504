import type { Account } from './account.ts'

/**
 * Runs work on what is stored for the account after what was asked before it has been done: the next one begins with what
 * is committed. Rejects as the work does, and holds nobody back by it.
 */
export function inTurn<T>(account: Account, work: () => Promise<T>): Promise<T> {
  const done = account.turn.then(work)
  account.turn = done.then(
    () => undefined,
    () => undefined,
  )
  return done
}
