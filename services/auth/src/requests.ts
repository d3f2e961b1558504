import type { Bus } from '@jabiru/bus'
import { JidError } from '@jabiru/jid'
import { type AccountReply, decodeAccountRequest, encodeAccountReply, subjects } from '@jabiru/wire'
import { type Accounts, NoSuchAccount } from './accounts.ts'
import type { AccountStore } from './store/store.ts'

export interface RequestParts {
  readonly bus: Pick<Bus, 'subscribe'>
  readonly accounts: Pick<Accounts, 'passwd'>
  readonly store: Pick<AccountStore, 'retire'>
  readonly onFault: (fault: unknown, what: 'account_request_failed') => void
}

/** What accounts ask for themselves, through the owners of their sessions. Disposing waits for what runs. */
export function openRequests({ bus, accounts, store, onFault }: RequestParts): AsyncDisposable {
  const running = new Set<Promise<void>>()

  const done = async (payload: string): Promise<AccountReply> => {
    const request = decodeAccountRequest(payload)
    if (request.do === 'remove') return (await store.retire(request.account)) ? 'done' : 'gone'
    await accounts.passwd(request.account, request.password)
    return 'done'
  }

  const answer = async (payload: string): Promise<AccountReply> => {
    try {
      return await done(payload)
    } catch (fault) {
      if (fault instanceof JidError) return 'unusable'
      if (fault instanceof NoSuchAccount) return 'gone'
      onFault(fault, 'account_request_failed')
      return 'failed'
    }
  }

  const subscription = bus.subscribe(
    subjects.accounts,
    ({ payload, respond }) => {
      const work: Promise<void> = answer(payload)
        .then((reply) => respond?.(encodeAccountReply(reply)))
        .catch((fault: unknown) => onFault(fault, 'account_request_failed'))
        .finally(() => running.delete(work))
      running.add(work)
    },
    { queue: 'auth' },
  )

  return {
    [Symbol.asyncDispose]: async () => {
      subscription.unsubscribe()
      await Promise.all(running)
    },
  }
}
