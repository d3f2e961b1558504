import { type BareJid, JidError, parseBareJid } from '@jabiru/jid'

/** What is asked of auth to be done with an account: by its own client (XEP-0077), or by an administrator (XEP-0133). */
export type AccountRequest =
  | { readonly do: 'add' | 'password'; readonly account: BareJid; readonly password: string }
  /** Somebody who has not logged in asks for an account of his own, from that address. */
  | { readonly do: 'register'; readonly account: BareJid; readonly password: string; readonly address: string }
  /** A disabled account keeps what it has, and nobody logs in to it. */
  | { readonly do: 'disable' | 'enable'; readonly account: BareJid }
  /** The account is to be removed: when it is answered nobody logs in any more, and `subjects.removals` finishes it. */
  | { readonly do: 'remove'; readonly account: BareJid }

const REPLIES = [
  'done',
  /** No password can be that text. */
  'unusable',
  'gone',
  'exists',
  /** Accounts of that domain do not live here. */
  'foreign',
  /** Too many have been asked for. */
  'limited',
  /** It was not done, and may be tried again. */
  'failed',
] as const
export type AccountReply = (typeof REPLIES)[number]

/** What is asked about accounts: one of them, or how many there are and which ones, `most` of them. */
export type AccountQuestion = { readonly about: BareJid } | { readonly of: 'all' | 'disabled'; readonly most: number }

export interface AccountFacts {
  readonly enabled: boolean
  /** Milliseconds since 1970. */
  readonly lastLogin?: number
}

/** `null`: there is no such account. `failed`: ask again. */
export type AccountAnswer =
  | { readonly account: AccountFacts | null }
  | { readonly count: number; readonly accounts: readonly BareJid[] }
  | 'failed'

/** What came over the bus and is no such message of this version. */
export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest'
}

export const encodeAccountRequest = (request: AccountRequest): string => JSON.stringify(request)
export const encodeAccountReply = (reply: AccountReply): string => JSON.stringify({ reply })
export const encodeAccountQuestion = (question: AccountQuestion): string => JSON.stringify(question)
export const encodeAccountAnswer = (answer: AccountAnswer): string => JSON.stringify({ answer })

/** Throws UnreadableRequest. Fields that are not known here are ignored. */
export function decodeAccountRequest(text: string): AccountRequest {
  const { do: what, account: jid, password, address } = fieldsOf(text)
  const account = accountOf(jid)
  if (what === 'remove' || what === 'disable' || what === 'enable') return { do: what, account }
  if ((what === 'password' || what === 'add') && typeof password === 'string') return { do: what, account, password }
  if (what === 'register' && typeof password === 'string' && typeof address === 'string')
    return { do: what, account, password, address }
  throw new UnreadableRequest('it is not known what to do')
}

/** Throws UnreadableRequest. */
export function decodeAccountReply(text: string): AccountReply {
  const { reply } = fieldsOf(text)
  const known = REPLIES.find((one) => one === reply)
  if (known === undefined) throw new UnreadableRequest('the reply is not known')
  return known
}

/** Throws UnreadableRequest. */
export function decodeAccountQuestion(text: string): AccountQuestion {
  const { about, of, most } = fieldsOf(text)
  if (about !== undefined) return { about: accountOf(about) }
  if ((of === 'all' || of === 'disabled') && typeof most === 'number') return { of, most }
  throw new UnreadableRequest('it is not known what is asked')
}

/** Throws UnreadableRequest. */
export function decodeAccountAnswer(text: string): AccountAnswer {
  const { answer } = fieldsOf(text)
  if (answer === 'failed') return answer
  const { account, count, accounts } = recordOf(answer)
  if (account === null) return { account }
  if (typeof count === 'number' && Array.isArray(accounts)) return { count, accounts: accounts.map(accountOf) }
  const { enabled, lastLogin } = recordOf(account)
  if (typeof enabled !== 'boolean') throw new UnreadableRequest('enabled is neither true nor false')
  return { account: { enabled, ...(typeof lastLogin === 'number' ? { lastLogin } : {}) } }
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(text))
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new UnreadableRequest('not JSON', { cause })
    throw cause
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return { ...value }
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
