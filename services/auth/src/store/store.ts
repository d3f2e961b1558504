import type { BareJid } from '@jabiru/jid'
import type { StoredCredentials } from '@jabiru/sasl'

/** What a login needs of an account. */
export interface AccountKeys {
  readonly credentials: StoredCredentials
  readonly enabled: boolean
}

/** An account as operators see it. */
export interface Account {
  readonly jid: BareJid
  readonly enabled: boolean
  readonly createdAt: Date
  readonly lastLogin?: Date | undefined
}

/** The accounts. Every function rejects with StoreUnavailable when the database cannot answer. */
export interface AccountStore {
  /** Undefined for an account that is not there. Rejects with CredentialsCorrupt. */
  readonly find: (jid: BareJid) => Promise<AccountKeys | undefined>
  /** False where the account is there already. */
  readonly insert: (jid: BareJid, credentials: StoredCredentials) => Promise<boolean>
  /** False where there is no such account. */
  readonly replace: (jid: BareJid, credentials: StoredCredentials) => Promise<boolean>
  /** False where there is no such account. */
  readonly setEnabled: (jid: BareJid, enabled: boolean) => Promise<boolean>
  /** It is to be removed: nobody logs in to it any more. May be repeated. False where there is no such account. */
  readonly retire: (jid: BareJid) => Promise<boolean>
  /** False where there is no such account. */
  readonly remove: (jid: BareJid) => Promise<boolean>
  /** Somebody has logged in to each of these: noted, at most once a minute. */
  readonly loggedIn: (jids: readonly BareJid[]) => Promise<void>
  /** Undefined for an account that is not there, or is to be removed. */
  readonly read: (jid: BareJid) => Promise<Account | undefined>
  /** How many accounts there are, or how many of them are disabled. */
  readonly count: (which: Which) => Promise<number>
  /** Accounts that are not to be removed, after one address, in an order of the database's own; fewer than `limit` are the last. */
  readonly list: (page: Page) => Promise<readonly Account[]>
}

export interface Which {
  readonly disabled?: boolean | undefined
}

export interface Page extends Which {
  readonly after?: BareJid | undefined
  readonly limit: number
}
