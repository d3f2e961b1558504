import type { Bus, Message } from '@jabiru/bus'
import { JidError } from '@jabiru/jid'
import {
  type AccountAnswer,
  type AccountQuestion,
  type AccountReply,
  type AccountRequest,
  decodeAccountQuestion,
  decodeAccountRequest,
  encodeAccountAnswer,
  encodeAccountReply,
  subjects,
} from '@jabiru/wire'
import { AccountExists, type Accounts, DomainNotServed, NoSuchAccount } from './accounts.ts'
import type { Registrations } from './registrations.ts'
import type { AccountStore } from './store/store.ts'

export interface RequestParts {
  readonly bus: Pick<Bus, 'subscribe'>
  readonly accounts: Pick<Accounts, 'add' | 'passwd' | 'setEnabled'>
  readonly registrations: Registrations
  readonly store: Pick<AccountStore, 'retire' | 'read' | 'count' | 'list'>
  readonly onFault: (fault: unknown, what: 'account_request_failed') => void
}

/** Accounts that are named in one answer. */
const MOST_NAMED = 1_000

/** What is asked for accounts and about them, by the owners of sessions. Disposing waits for what runs. */
export function openRequests({ bus, accounts, registrations, store, onFault }: RequestParts): AsyncDisposable {
  const running = new Set<Promise<void>>()

  const carryOut = async (request: AccountRequest): Promise<AccountReply> => {
    const { account } = request
    if (request.do === 'remove') return (await store.retire(account)) ? 'done' : 'gone'
    if (request.do === 'register') return registrations.register(request)
    if (request.do === 'add') await accounts.add(account, request.password)
    else if (request.do === 'password') await accounts.passwd(account, request.password)
    else await accounts.setEnabled(account, request.do === 'enable')
    return 'done'
  }

  const reply = async (payload: string): Promise<AccountReply> => {
    try {
      return await carryOut(decodeAccountRequest(payload))
    } catch (fault) {
      if (fault instanceof JidError) return 'unusable'
      if (fault instanceof NoSuchAccount) return 'gone'
      if (fault instanceof AccountExists) return 'exists'
      if (fault instanceof DomainNotServed) return 'foreign'
      onFault(fault, 'account_request_failed')
      return 'failed'
    }
  }

  const look = async (question: AccountQuestion): Promise<AccountAnswer> => {
    if ('about' in question) {
      const found = await store.read(question.about)
      if (found === undefined) return { account: null }
      const { enabled, lastLogin } = found
      return { account: { enabled, ...(lastLogin === undefined ? {} : { lastLogin: lastLogin.getTime() }) } }
    }
    const which = { disabled: question.of === 'disabled' }
    const limit = Math.min(question.most, MOST_NAMED)
    const [count, page] = await Promise.all([store.count(which), limit > 0 ? store.list({ ...which, limit }) : []])
    return { count, accounts: page.map(({ jid }) => jid) }
  }

  const answer = async (payload: string): Promise<AccountAnswer> => {
    try {
      return await look(decodeAccountQuestion(payload))
    } catch (fault) {
      onFault(fault, 'account_request_failed')
      return 'failed'
    }
  }

  const take = (subject: string, respond: (payload: string) => Promise<string>) =>
    bus.subscribe(
      subject,
      (message: Message) => {
        const work: Promise<void> = respond(message.payload)
          .then((text) => message.respond?.(text))
          .catch((fault: unknown) => onFault(fault, 'account_request_failed'))
          .finally(() => running.delete(work))
        running.add(work)
      },
      { queue: 'auth' },
    )

  const subscriptions = [
    take(subjects.accounts, async (payload) => encodeAccountReply(await reply(payload))),
    take(subjects.accountQuestions, async (payload) => encodeAccountAnswer(await answer(payload))),
  ]

  return {
    [Symbol.asyncDispose]: async () => {
      for (const subscription of subscriptions) subscription.unsubscribe()
      await Promise.all(running)
    },
  }
}
