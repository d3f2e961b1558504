import { type BareJid, domainOf } from '@jabiru/jid'
import { addressOf, NS_REGISTER, parseRegistration, renderRegistration } from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import { Refusal } from '@jabiru/stanza'
import type { AccountReply, AccountRequest } from '@jabiru/wire'
import { notDone, unusablePassword } from '../../auth.ts'
import type { IqRequest, SessionFeature } from '../../feature.ts'
import { inTurn } from '../../turns.ts'

export interface RegistrationDeps {
  /** What auth does with the account. */
  readonly ask: (request: AccountRequest) => Promise<AccountReply>
  /** An account that is to be removed is removed from here on. */
  readonly finishRemoval: (account: BareJid) => void
  readonly mayChangePassword: boolean
  readonly mayRemove: boolean
}

const WORDS = 'You have an account. A new password takes the place of the one you have.'

function refusalOf(reply: AccountReply): Refusal {
  if (reply === 'unusable') return unusablePassword()
  return reply === 'gone' ? new Refusal('registration-required') : notDone()
}

/** XEP-0077 for accounts that are there: their clients give them a new password, or end them. */
export const registration = (deps: RegistrationDeps): SessionFeature => {
  const ask = async ({ account }: IqRequest, request: AccountRequest) => {
    const reply = await inTurn(account, () => deps.ask(request))
    if (reply !== 'done') throw refusalOf(reply)
  }

  // XEP-0077 §3.1: who asks is registered, and is told with what.
  const tell = ({ account }: IqRequest) => {
    const username = account.jid.slice(0, account.jid.lastIndexOf('@'))
    return [renderRegistration(WORDS, username)]
  }

  const remove = async (request: IqRequest) => {
    const { account } = request
    // XEP-0077 §3.2
    if (parseRegistration(request.payload).remove !== 'alone')
      throw new Refusal('bad-request', { text: 'remove stands alone' })
    if (!deps.mayRemove) throw new Refusal('not-allowed')
    await ask(request, { do: 'remove', account: account.jid })
    // The client is told before its session ends.
    account.outbox.add(() => deps.finishRemoval(account.jid))
    return []
  }

  const changePassword = async (request: IqRequest) => {
    const { account, payload } = request
    const { username, password } = parseRegistration(payload)
    // XEP-0077 §3.3: an empty password is none.
    if (username === '' || password === '')
      throw new Refusal('bad-request', { text: 'a username and a password are asked for' })
    if (!deps.mayChangePassword) throw new Refusal('not-allowed')
    if (addressOf(`${username}@${domainOf(account.jid)}`) !== account.jid)
      throw new Refusal('not-allowed', { text: 'nobody gives another account a password' })
    await ask(request, { do: 'password', account: account.jid, password })
    return []
  }

  const change = (request: IqRequest) =>
    parseRegistration(request.payload).remove === undefined ? changePassword(request) : remove(request)

  const route = { name: 'query', ns: NS_REGISTER, at: ['server', 'own-account'] } as const
  return defineFeature({
    name: 'registration',
    specs: [{ doc: 'XEP-0077', version: '2.4', status: 'complete' }],
    disco: [NS_REGISTER],
    iq: [
      { ...route, type: 'get', answer: tell },
      { ...route, type: 'set', answer: change },
    ],
  })
}
