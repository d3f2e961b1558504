import { type BareJid, type DomainJid, domainOf, parseBareJid } from '@jabiru/jid'
import { deriveCredentials } from '@jabiru/sasl'
import type { Account, AccountStore } from './store/store.ts'

/** The account to be added is there already, or its removal is not finished. */
export class AccountExists extends Error {
  override readonly name = 'AccountExists'
}

/** There is no account of this name. */
export class NoSuchAccount extends Error {
  override readonly name = 'NoSuchAccount'
}

/** Accounts of this domain do not live here. */
export class DomainNotServed extends Error {
  override readonly name = 'DomainNotServed'
}

/**
 * What operators do with accounts. Names and passwords are texts as they were typed; those that no account can have
 * reject with JidError, those of other domains with DomainNotServed.
 */
export interface Accounts {
  /** Rejects with AccountExists. */
  readonly add: (jid: string, password: string) => Promise<BareJid>
  /** Gives the account a new password. Rejects with NoSuchAccount. */
  readonly passwd: (jid: string, password: string) => Promise<BareJid>
  /** A disabled account keeps what it has and cannot log in. Rejects with NoSuchAccount. */
  readonly setEnabled: (jid: string, enabled: boolean) => Promise<BareJid>
  /** Rejects with NoSuchAccount. */
  readonly remove: (jid: string) => Promise<BareJid>
  /** A page of accounts after an address; fewer than `limit` (1000 unless given) are the last. */
  readonly list: (page?: { readonly after?: BareJid; readonly limit?: number }) => Promise<readonly Account[]>
}

export interface AccountsConfig {
  readonly domains: readonly DomainJid[]
  readonly scram_iterations: number
}

/** Works without a running server: the command line calls it on the database itself. */
export function createAccounts(
  { domains, scram_iterations: iterations }: AccountsConfig,
  store: AccountStore,
): Accounts {
  const named = (text: string): BareJid => {
    const jid = parseBareJid(text)
    if (!domains.includes(domainOf(jid))) throw new DomainNotServed(`${domainOf(jid)} is not served here`)
    return jid
  }
  const found = (jid: BareJid, there: boolean): BareJid => {
    if (!there) throw new NoSuchAccount(`no account ${jid}`)
    return jid
  }
  return {
    add: async (text, password) => {
      const jid = named(text)
      const credentials = await deriveCredentials(password, { iterations })
      if (await store.insert(jid, credentials)) return jid
      const isThere = (await store.read(jid)) !== undefined
      throw new AccountExists(
        isThere ? `${jid} is there already` : `${jid} is being removed, which a running server finishes`,
      )
    },
    passwd: async (text, password) => {
      const jid = named(text)
      return found(jid, await store.replace(jid, await deriveCredentials(password, { iterations })))
    },
    setEnabled: async (text, enabled) => {
      const jid = named(text)
      return found(jid, await store.setEnabled(jid, enabled))
    },
    remove: async (text) => {
      const jid = named(text)
      return found(jid, await store.remove(jid))
    },
    list: async ({ after, limit = 1000 } = {}) => store.list({ after, limit }),
  }
}
