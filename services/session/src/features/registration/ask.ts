import { type Bus, BusUnavailable, NobodyListens, RequestTimeout } from '@jabiru/bus'
import type { BareJid } from '@jabiru/jid'
import {
  type AccountReply,
  type AccountRequest,
  decodeAccountReply,
  encodeAccountRequest,
  subjects,
} from '@jabiru/wire'

/** A new password is hashed meanwhile. */
const TIMEOUT_MS = 10_000

/** Asks auth, whichever has time. What does not answer has failed: the same may be asked again. */
export const accountRequests =
  (bus: Pick<Bus, 'request'>) =>
  async (request: AccountRequest): Promise<AccountReply> => {
    try {
      const reply = await bus.request(subjects.accounts, encodeAccountRequest(request), { timeoutMs: TIMEOUT_MS })
      return decodeAccountReply(reply)
    } catch (fault) {
      if (fault instanceof BusUnavailable || fault instanceof NobodyListens || fault instanceof RequestTimeout)
        return 'failed'
      throw fault
    }
  }

/** Says that a removal can be finished. While nobody can be told, it is found by who looks. */
export const removalNews =
  (bus: Pick<Bus, 'publish'>) =>
  (account: BareJid): void => {
    try {
      bus.publish(subjects.removals, account)
    } catch (fault) {
      if (!(fault instanceof BusUnavailable)) throw fault
    }
  }
