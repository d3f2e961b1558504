import { type Bus, BusUnavailable, NobodyListens, RequestTimeout } from '@jabiru/bus'
import type { BareJid } from '@jabiru/jid'
import { Refusal } from '@jabiru/stanza'
import {
  type AccountAnswer,
  type AccountQuestion,
  type AccountReply,
  type AccountRequest,
  decodeAccountAnswer,
  decodeAccountReply,
  encodeAccountQuestion,
  encodeAccountRequest,
  subjects,
} from '@jabiru/wire'

/** What this service asks of auth. */
export interface AskAuth {
  /** Has something done with an account. */
  readonly request: (request: AccountRequest) => Promise<AccountReply>
  readonly question: (question: AccountQuestion) => Promise<AccountAnswer>
  /** Says that a removal can be finished. While nobody can be told, it is found by who looks. */
  readonly removalBegun: (account: BareJid) => void
}

/** A new password is hashed meanwhile. */
const TIMEOUT_MS = 10_000

/** Asks auth, whichever has time. What does not answer has failed: the same may be asked again. */
export function createAskAuth(bus: Pick<Bus, 'request' | 'publish'>): AskAuth {
  const ask = async <T>(subject: string, text: string, decode: (reply: string) => T): Promise<T | 'failed'> => {
    try {
      return decode(await bus.request(subject, text, { timeoutMs: TIMEOUT_MS }))
    } catch (fault) {
      if (fault instanceof BusUnavailable || fault instanceof NobodyListens || fault instanceof RequestTimeout)
        return 'failed'
      throw fault
    }
  }
  return {
    request: (request) => ask(subjects.accounts, encodeAccountRequest(request), decodeAccountReply),
    question: (question) => ask(subjects.accountQuestions, encodeAccountQuestion(question), decodeAccountAnswer),
    removalBegun: (account) => {
      try {
        bus.publish(subjects.removals, account)
      } catch (fault) {
        if (!(fault instanceof BusUnavailable)) throw fault
      }
    },
  }
}

/** For what was not done, whoever has asked. */
export const notDone = (): Refusal =>
  new Refusal('internal-server-error', { type: 'wait', text: 'it was not done, and may be tried again' })

export const unusablePassword = (): Refusal => new Refusal('not-acceptable', { text: 'that cannot be a password' })
