import { type BareJid, JidError, parseBareJid } from '@jabiru/jid'

/** What the owner of a session asks auth to do with the session's account. XEP-0077. */
export type AccountRequest =
  | { readonly do: 'password'; readonly account: BareJid; readonly password: string }
  /** The account is to be removed: when it is answered nobody logs in any more, and `subjects.removals` finishes it. */
  | { readonly do: 'remove'; readonly account: BareJid }

/** `unusable`: no password can be that text. `failed`: it was not done, and may be tried again. */
export type AccountReply = 'done' | 'unusable' | 'gone' | 'failed'

const REPLIES: readonly AccountReply[] = ['done', 'unusable', 'gone', 'failed']

/** What came over the bus and is no such message of this version. */
export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest'
}

export const encodeAccountRequest = (request: AccountRequest): string => JSON.stringify(request)
export const encodeAccountReply = (reply: AccountReply): string => JSON.stringify({ reply })

/** Throws UnreadableRequest. Fields that are not known here are ignored. */
export function decodeAccountRequest(text: string): AccountRequest {
  const { do: what, account: address, password } = fieldsOf(text)
  const account = accountOf(address)
  if (what === 'remove') return { do: 'remove', account }
  if (what !== 'password' || typeof password !== 'string') throw new UnreadableRequest('it is not known what to do')
  return { do: 'password', account, password }
}

/** Throws UnreadableRequest. */
export function decodeAccountReply(text: string): AccountReply {
  const { reply } = fieldsOf(text)
  const known = REPLIES.find((one) => one === reply)
  if (known === undefined) throw new UnreadableRequest('the reply is not known')
  return known
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch (cause) {
    throw new UnreadableRequest('not JSON', { cause })
  }
  throw new UnreadableRequest('not an object')
}

function accountOf(value: unknown): BareJid {
  if (typeof value !== 'string') throw new UnreadableRequest('account is no text')
  try {
    return parseBareJid(value)
  } catch (cause) {
    if (cause instanceof JidError) throw new UnreadableRequest('account is no address', { cause })
    throw cause
  }
}
