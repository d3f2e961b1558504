import { bareOf, type Jid } from '@jabiru/jid'
import { errorReply, Refusal, type Stanza } from '@jabiru/stanza'
import { forgottenEachMinute } from './minute.ts'

interface RecipientsDeps {
  readonly perMinute: number
  /** Monotonic, in milliseconds. */
  readonly now: () => number
}

/**
 * Holds a client to so many recipients in a minute. What would be for one more is not processed: in its place goes
 * the error that answers it, addressed to the client, which takes the stanza's number. RFC 6120 §13.12.
 */
export function createRecipients({ perMinute, now }: RecipientsDeps): (sent: Stanza) => Stanza {
  const known = new Set<Jid>()
  const forget = forgottenEachMinute(known, now)
  return (sent) => {
    const { to, from } = sent
    if (to === undefined || sent.type === 'error' || sent.type === 'result') return sent
    forget()
    const recipient = bareOf(to)
    if (from !== undefined && recipient === bareOf(from)) return sent
    if (known.size < perMinute) known.add(recipient)
    if (known.has(recipient)) return sent
    return errorReply(sent, new Refusal('policy-violation', { type: 'wait', text: 'too many recipients' })) ?? sent
  }
}
