import type { Bus } from '@jabiru/bus'
import {
  type AccountReply,
  type AccountRequest,
  type AuthReply,
  decodeAccountReply,
  decodeAuthReply,
  encodeAccountRequest,
  encodeAuthBegin,
  encodeAuthContinue,
  subjects,
} from '@jabiru/wire'
import type { AuthStep, Candidate, StreamEvent } from './stream/state.ts'

/** How long auth may take for one step. */
const TIMEOUT_MS = 10_000

export interface Attempt {
  readonly mechanism: string
  readonly initial: string | null
  readonly candidate: Candidate
  readonly address: string
  readonly bindings: Readonly<Record<string, string>>
}

interface Exchange {
  readonly id: string
  readonly at: string
}

interface LoginDeps {
  readonly bus: Bus
  readonly onFault: (fault: unknown) => void
}

const UNAVAILABLE: AuthStep = { step: 'failure', condition: 'temporary-auth-failure' }

/** What auth says, as the stream hears it. */
export const asAuth = (answer: AuthStep): StreamEvent => ({ on: 'auth', answer })
export const asRegistered = (reply: AccountReply): StreamEvent => ({ on: 'registered', reply })

/** The conversation with auth about one connection: one exchange at a time, and the account that is made before it. */
export class Login {
  readonly #deps: LoginDeps
  #exchange: Exchange | undefined

  constructor(deps: LoginDeps) {
    this.#deps = deps
  }

  begin({ mechanism, initial, candidate, address, bindings }: Attempt): Promise<AuthStep> {
    const { host, offered, announced } = candidate
    const begin = { mechanism, initial, domain: host, address, secure: true, offered, announced, bindings }
    return this.#ask(subjects.auth, encodeAuthBegin(begin))
  }

  async respond(data: string): Promise<AuthStep> {
    if (this.#exchange === undefined) return UNAVAILABLE
    const { id, at } = this.#exchange
    return this.#ask(at, encodeAuthContinue({ exchange: id, data }))
  }

  /** The exchange is not gone on with. */
  abandon(): void {
    if (this.#exchange === undefined) return
    const { id, at } = this.#exchange
    this.#exchange = undefined
    const abort = encodeAuthContinue({ exchange: id, abort: true })
    this.#deps.bus.request(at, abort, { timeoutMs: TIMEOUT_MS }).catch(this.#deps.onFault)
  }

  /** Has an account made. XEP-0077. */
  async register(wish: Omit<Extract<AccountRequest, { do: 'register' }>, 'do'>): Promise<AccountReply> {
    const request = encodeAccountRequest({ do: 'register', ...wish })
    try {
      return decodeAccountReply(await this.#deps.bus.request(subjects.accounts, request, { timeoutMs: TIMEOUT_MS }))
    } catch (fault) {
      this.#deps.onFault(fault)
      return 'failed'
    }
  }

  async #ask(subject: string, payload: string): Promise<AuthStep> {
    this.#exchange = undefined
    try {
      return this.#note(decodeAuthReply(await this.#deps.bus.request(subject, payload, { timeoutMs: TIMEOUT_MS })))
    } catch (fault) {
      this.#deps.onFault(fault)
      return UNAVAILABLE // RFC 6120 §6.5.11
    }
  }

  #note(reply: AuthReply): AuthStep {
    if (reply.step === 'challenge') this.#exchange = { id: reply.exchange, at: reply.reply_to }
    return reply
  }
}
