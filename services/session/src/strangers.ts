import { Refusal } from '@jabiru/stanza'
import type { IqRequest } from './feature.ts'

/**
 * Answers others than the account's own clients about what is its own: `forbidden` to who sees its presence. To anybody
 * else it is as if nobody was there, for they learn nowhere else that somebody is.
 */
export const refuseOthers =
  (maySee: (request: IqRequest) => Promise<boolean>) =>
  async (request: IqRequest): Promise<never> => {
    throw new Refusal((await maySee(request)) ? 'forbidden' : 'service-unavailable')
  }
