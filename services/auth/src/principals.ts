import { decoyCredentials, type Lookup, type Principal } from '@jabiru/sasl'
import type { AccountStore } from './store/store.ts'

/** Who a client says it is: what the house keeps of the account, or a decoy. Rejects with what the store rejects with. */
export type Principals = (step: Pick<Lookup, 'account' | 'name' | 'hash'>) => Promise<Principal>

export interface PrincipalsParts {
  readonly store: Pick<AccountStore, 'find'>
  /** Makes the decoys: the same in every auth process and after every start, or asking twice tells who is there. */
  readonly secret: Uint8Array
  /** Rounds the decoys claim: those of accounts made here. */
  readonly iterations: number
}

/** A decoy is made whether it is needed or not, so that both ways cost the same. */
export function createPrincipals({ store, secret, iterations }: PrincipalsParts): Principals {
  return async ({ account, name, hash }) => {
    const decoy: Principal = { standing: 'unknown', credentials: decoyCredentials(secret, account ?? name, iterations) }
    const found = account === undefined ? undefined : await store.find(account)
    if (found === undefined) return decoy
    const { credentials, enabled } = found
    // An account without keys of this hash, as an import may leave it, looks like one that is not there.
    const usable = hash === undefined ? Object.keys(credentials).length > 0 : credentials[hash] !== undefined
    return usable ? { standing: enabled ? 'known' : 'disabled', credentials } : decoy
  }
}
