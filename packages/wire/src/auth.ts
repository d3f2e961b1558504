import { type BareJid, type DomainJid, JidError, parseBareJid, parseDomain } from '@jabiru/jid'

/** The failure conditions of RFC 6120 §6.5, in its order. */
export const authConditions = [
  'aborted',
  'account-disabled',
  'credentials-expired',
  'encryption-required',
  'incorrect-encoding',
  'invalid-authzid',
  'invalid-mechanism',
  'malformed-request',
  'mechanism-too-weak',
  'not-authorized',
  'temporary-auth-failure',
] as const

/** One of the conditions of RFC 6120 §6.5; the name of the element in `<failure/>`. */
export type AuthCondition = (typeof authConditions)[number]

/** `<auth/>` of a client, on its way to any auth process: subject `subjects.auth`. Bytes are base64. */
export interface AuthBegin {
  readonly mechanism: string
  /** The text of `<auth/>` as the client sent it ('=' is an empty response, RFC 6120 §6.4.2); null where there was none. */
  readonly initial: string | null
  readonly domain: DomainJid
  /** The address of the peer, for the limits on guessing. */
  readonly address: string
  readonly secure: boolean
  /** The mechanisms the stream features named, all of them. */
  readonly offered: readonly string[]
  /** The channel binding types the features named (XEP-0440). Given, SCRAM answers with the hash of XEP-0474. */
  readonly announced?: readonly string[]
  /** Channel binding data by type. */
  readonly bindings: Readonly<Record<string, string>>
}

/** `<response/>` or `<abort/>`, on its way to the process that holds the exchange: subject `reply_to`. */
export type AuthContinue =
  | { readonly exchange: string; readonly data: string }
  | { readonly exchange: string; readonly abort: true }

/** The answer to either. After success and failure the exchange is gone. */
export type AuthReply =
  | { readonly step: 'challenge'; readonly data: string; readonly reply_to: string; readonly exchange: string }
  | { readonly step: 'success'; readonly account: BareJid; readonly data: string | null }
  | { readonly step: 'failure'; readonly condition: AuthCondition; readonly text?: string }

/** What came over the bus and is no login message of this version. */
export class UnreadableAuth extends Error {
  override readonly name = 'UnreadableAuth'
}

export const encodeAuthBegin = (begin: AuthBegin): string => JSON.stringify(begin)
export const encodeAuthContinue = (next: AuthContinue): string => JSON.stringify(next)
export const encodeAuthReply = (reply: AuthReply): string => JSON.stringify(reply)

/** Throws UnreadableAuth. Fields that are not known here are ignored. */
export function decodeAuthBegin(text: string): AuthBegin {
  const fields = fieldsOf(text)
  const begin = {
    mechanism: string(fields, 'mechanism'),
    initial: fields['initial'] === null ? null : string(fields, 'initial'),
    domain: address(fields, 'domain', parseDomain),
    address: string(fields, 'address'),
    secure: boolean(fields, 'secure'),
    offered: strings(fields, 'offered'),
    bindings: texts(fields, 'bindings'),
  }
  return fields['announced'] === undefined ? begin : { ...begin, announced: strings(fields, 'announced') }
}

/** Throws UnreadableAuth. */
export function decodeAuthContinue(text: string): AuthContinue {
  const fields = fieldsOf(text)
  const exchange = string(fields, 'exchange')
  return fields['abort'] === true ? { exchange, abort: true } : { exchange, data: string(fields, 'data') }
}

/** Throws UnreadableAuth. */
export function decodeAuthReply(text: string): AuthReply {
  const fields = fieldsOf(text)
  switch (fields['step']) {
    case 'challenge':
      return {
        step: 'challenge',
        data: string(fields, 'data'),
        reply_to: string(fields, 'reply_to'),
        exchange: string(fields, 'exchange'),
      }
    case 'success':
      return {
        step: 'success',
        account: address(fields, 'account', parseBareJid),
        data: fields['data'] === null ? null : string(fields, 'data'),
      }
    case 'failure': {
      const condition = authConditions.find((known) => known === fields['condition'])
      if (condition === undefined) throw new UnreadableAuth('condition is none of RFC 6120 §6.5')
      return { step: 'failure', condition, ...(fields['text'] !== undefined && { text: string(fields, 'text') }) }
    }
    default:
      throw new UnreadableAuth('step is not known')
  }
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isString = (value: unknown): value is string => typeof value === 'string'

function fieldsOf(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new UnreadableAuth('not JSON', { cause })
  }
  if (!isFields(value)) throw new UnreadableAuth('not an object')
  return value
}

function string(fields: Fields, key: string): string {
  const value = fields[key]
  if (!isString(value)) throw new UnreadableAuth(`${key} is not a text`)
  return value
}

function boolean(fields: Fields, key: string): boolean {
  const value = fields[key]
  if (typeof value !== 'boolean') throw new UnreadableAuth(`${key} is not true or false`)
  return value
}

function strings(fields: Fields, key: string): readonly string[] {
  const value: unknown = fields[key]
  if (!Array.isArray(value) || !value.every(isString)) throw new UnreadableAuth(`${key} is not a list of texts`)
  return value
}

function texts(fields: Fields, key: string): Readonly<Record<string, string>> {
  const value = fields[key]
  if (!isFields(value)) throw new UnreadableAuth(`${key} is not an object`)
  return Object.fromEntries(Object.keys(value).map((name) => [name, string(value, name)]))
}

function address<T>(fields: Fields, key: string, parse: (text: string) => T): T {
  try {
    return parse(string(fields, key))
  } catch (cause) {
    if (cause instanceof JidError) throw new UnreadableAuth(`${key} is no address`, { cause })
    throw cause
  }
}
