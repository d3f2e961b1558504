import { type BareJid, type DomainJid, JidError, makeBare, parseJid } from '@jabiru/jid'
import { fail, type Principal, type ServerStep } from './step.ts'

/** The account of a simple user name on a domain (RFC 6120 §6.3.7); undefined where no account can have that name. */
export function accountOf(name: string, domain: DomainJid): BareJid | undefined {
  try {
    return makeBare(name, domain)
  } catch (error) {
    if (error instanceof JidError) return undefined
    throw error
  }
}

/** RFC 6120 §6.3.8: the authorization identity, where one is given, must be the authenticated account itself. */
export function authorizes(authzid: string | undefined, account: BareJid | undefined): boolean {
  if (authzid === undefined) return true
  try {
    return account !== undefined && parseJid(authzid) === account
  } catch (error) {
    if (error instanceof JidError) return false
    throw error
  }
}

/** What a right password is worth: nothing for a decoy, and a word of explanation for a disabled account. */
export function admit(account: BareJid | undefined, principal: Principal, data: Uint8Array | undefined): ServerStep {
  if (account === undefined || principal.standing === 'unknown') return fail('not-authorized')
  if (principal.standing === 'disabled') return fail('account-disabled') // RFC 6120 §6.5.2
  return { kind: 'success', account, data }
}
