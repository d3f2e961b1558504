import type { BareJid, DomainJid } from '@jabiru/jid'
import {
  type Challenge,
  decodeBase64,
  drive,
  encodeBase64,
  type Failure,
  fail,
  type ServerContext,
  type ServerStep,
  type Success,
  serverMechanism,
} from '@jabiru/sasl'
import type { AuthBegin, AuthContinue, AuthReply } from '@jabiru/wire'
import { peerOf } from './address.ts'
import type { Attempt, Attempts } from './attempts.ts'
import type { Derivations } from './derivations.ts'
import type { Exchanges, Place } from './exchanges.ts'
import type { Principals } from './principals.ts'

/** A login and what it is known to be so far. */
interface Visit {
  readonly place: Place
  readonly address: string
  /** Set once the client has named an account: what it sends next is a guess until it is right. */
  readonly attempt: Attempt | undefined
}

/** A login between two messages of the client. */
export interface Waiting {
  readonly challenge: Challenge
  readonly visit: Visit
}

export interface LoginParts {
  readonly domains: readonly DomainJid[]
  readonly principals: Principals
  readonly attempts: Attempts
  readonly derivations: Derivations
  readonly exchanges: Exchanges<Waiting>
  /** A fresh nonce of at least 128 bits of a CSPRNG, printable and without commas. */
  readonly nonce: () => string
  /** Somebody has logged in to the account. */
  readonly onLogin: (account: BareJid) => void
  /** The subject the next message of an exchange goes to. */
  readonly replyTo: string
}

/** Logins, one message of the client at a time. Rejects only with what the store rejects with. */
export interface Login {
  readonly begin: (request: AuthBegin) => Promise<AuthReply>
  readonly proceed: (request: AuthContinue) => Promise<AuthReply>
}

/** Longest message of a client, in characters of base64: what fits into a stanza before authentication. */
const MAX_MESSAGE = 10_000

/** The house cannot now, whoever asks: too many at once, or too many wrong passwords. The same words for all of these. */
const later: Failure = fail('temporary-auth-failure')

/** The SASL exchange over the bus. */
export function createLogin(parts: LoginParts): Login {
  const { attempts, exchanges } = parts
  return {
    begin: async (request) => {
      if (attempts.addressBlocked(request.address)) return refusal(later)
      if (!parts.domains.includes(request.domain)) return refusal(fail('not-authorized'))
      const place = exchanges.enter(peerOf(request.address))
      if (place === undefined) return refusal(later)
      const visit = { place, address: request.address, attempt: undefined }
      return advance(parts, visit, () => opened(request, parts.nonce))
    },
    proceed: async (request) => {
      const held = exchanges.take(request.exchange)
      if ('abort' in request) {
        if (held !== undefined) exchanges.leave(held.place)
        return refusal(fail('aborted')) // RFC 6120 §6.4.4
      }
      if (held === undefined) return refusal(later)
      const { challenge, visit } = held.value
      const { attempt } = visit
      return advance(parts, visit, () => {
        if (attempt === undefined) return heard(challenge, request.data)
        // Counted before it is looked at: proofs side by side cannot outrun the limit.
        return attempts.take(attempt) ? judged(attempts, attempt, heard(challenge, request.data)) : later
      })
    },
  }
}

/** Runs the machine to what the client is told, and gives the place back unless there is more to come. */
async function advance(parts: LoginParts, visit: Visit, enter: () => ServerStep): Promise<AuthReply> {
  const { attempts, derivations, exchanges, principals } = parts
  let waits = false
  let attempt = visit.attempt
  try {
    const outcome = await drive(enter(), {
      lookup: async (step) => {
        attempt = { account: step.account ?? step.name, address: visit.address }
        return attempts.blocked(attempt) ? later : step.next(await principals(step))
      },
      derive: async (step) => {
        if (attempt === undefined || !attempts.take(attempt)) return later
        const salted = await derivations.run(step.derivation)
        if (salted !== undefined) return judged(attempts, attempt, step.next(salted))
        attempts.giveBack(attempt)
        return later
      },
    })
    if (outcome.kind === 'failure') return refusal(outcome)
    if (outcome.kind === 'success') {
      parts.onLogin(outcome.account)
      if (attempt !== undefined) attempts.succeeded(attempt)
      return admission(outcome)
    }
    waits = true
    const exchange = exchanges.hold(visit.place, { challenge: outcome, visit: { ...visit, attempt } })
    return { step: 'challenge', data: encodeBase64(outcome.data), reply_to: parts.replyTo, exchange }
  } finally {
    if (!waits) exchanges.leave(visit.place)
  }
}

function opened(request: AuthBegin, nonce: () => string): ServerStep {
  const { domain, offered, secure, announced, initial } = request
  const bindings = new Map<string, Uint8Array>()
  for (const [type, text] of Object.entries(request.bindings)) {
    const data = decodeBase64(text)
    if (data !== undefined && data.length > 0) bindings.set(type, data)
  }
  const more = announced === undefined ? {} : { announcedBindings: announced }
  const context: ServerContext = { domain, offered, secure, bindings, nonce, ...more }
  const start = serverMechanism(request.mechanism, context)
  if (start.kind !== 'challenge' || initial === null) return start
  return heard(start, initial === '=' ? '' : initial) // RFC 6120 §6.4.2
}

function heard(challenge: Challenge, text: string): ServerStep {
  if (text.length > MAX_MESSAGE) return fail('malformed-request')
  const bytes = decodeBase64(text)
  return bytes === undefined ? fail('incorrect-encoding') : challenge.next(bytes) // RFC 6120 §6.5.5
}

/** A right try counts no more, at once: a crowd behind one address is not taken for one that guesses. */
function judged(attempts: Attempts, attempt: Attempt, step: ServerStep): ServerStep {
  if (step.kind === 'success') attempts.giveBack(attempt)
  return step
}

function admission({ account, data }: Success): AuthReply {
  return { step: 'success', account, data: data === undefined ? null : encodeBase64(data) }
}

function refusal({ condition, text }: Failure): AuthReply {
  return { step: 'failure', condition, ...(text !== undefined && { text }) }
}
