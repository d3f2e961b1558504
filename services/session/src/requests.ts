import type { Clock } from '@jabiru/cluster'
import { domainOf, type FullJid, type Jid } from '@jabiru/jid'
import { dropOldest } from '@jabiru/runtime'
import { errorReply, Refusal, type Stanza, stanza } from '@jabiru/stanza'
import { MOST_ASKED, MOST_OWED, markOfRequest, type UnderWay } from '@jabiru/wire'
import type { Account, Session } from './account.ts'
import { deliver } from './delivery.ts'
import type { Egress } from './egress.ts'

/** A request that was sent on for a session and has no answer yet. */
export interface Asked {
  readonly id: string
  readonly to: Jid
  /** Which of the client's stanzas it is. */
  readonly n: number
  /** When the session is told that there is none, in ms on the monotonic clock. */
  readonly until: number
}

/** A request that a session was given and has not answered. */
export interface Owed {
  readonly id: string
  readonly from: Jid
}

/** The iq requests of a session that are under way, in the order in which they were made. */
export class Requests {
  readonly #asked = new Map<string, Asked>()
  readonly #owed = new Map<string, Owed>()

  constructor(asked: readonly Asked[] = [], owed: readonly Owed[] = []) {
    this.add({ asked, owed })
  }

  /** Others that are under way. */
  add({ asked, owed }: Pick<Requests, 'asked' | 'owed'>): void {
    for (const one of asked) this.#asked.set(markOfRequest(one.id, one.to), one)
    for (const one of owed) this.#owed.set(markOfRequest(one.id, one.from), one)
  }

  get asked(): readonly Asked[] {
    return [...this.#asked.values()]
  }

  get owed(): readonly Owed[] {
    return [...this.#owed.values()]
  }

  /** The next to be answered by us. */
  get first(): Asked | undefined {
    const [first] = this.#asked.values()
    return first
  }

  /** Throws Refusal where too many wait. */
  asks(one: Asked): void {
    const key = markOfRequest(one.id, one.to)
    this.#asked.delete(key)
    // RFC 6120 §8.3.3.18.
    if (this.#asked.size >= MOST_ASKED)
      throw new Refusal('resource-constraint', { text: 'too many requests have no answer yet' })
    this.#asked.set(key, one)
  }

  /** Whether it was asked, and has no answer yet. */
  isOpen(id: string, to: Jid): boolean {
    return this.#asked.has(markOfRequest(id, to))
  }

  /** What this is the first answer to, if anything. RFC 6120 §8.2.3: a request has one. */
  answered(id: string, from: Jid): Asked | undefined {
    const mark = markOfRequest(id, from)
    const asked = this.#asked.get(mark)
    this.#asked.delete(mark)
    return asked
  }

  /** Done, and nothing that waits for an answer: it has one. */
  isDone(mark: string): void {
    this.#asked.delete(mark)
  }

  isGiven({ id = '', from }: Stanza): void {
    if (from === undefined) return
    this.#owed.set(markOfRequest(id, from), { id, from })
    dropOldest(this.#owed, MOST_OWED)
  }

  answers({ id = '', to }: Stanza): void {
    if (to !== undefined) this.#owed.delete(markOfRequest(id, to))
  }
}

/** How long an answer may take. */
export interface Timing {
  readonly clock: Clock
  readonly iqTimeoutMs: number
}

export interface RequestDeps extends Timing {
  readonly egress: Pick<Egress, 'deliver' | 'down' | 'isServed'>
}

/** As another process is told of them, which has a clock of its own. */
export function underWay({ requests }: Session, { clock, iqTimeoutMs }: Timing): UnderWay {
  const age = (until: number) => Math.max(0, clock.now() - (until - iqTimeoutMs))
  const asked = requests.asked.map(({ id, to, n, until }) => [id, to, age(until), n] as const)
  const owed = requests.owed.map(({ id, from }) => [id, from] as const)
  return { ...(asked.length > 0 && { asked }), ...(owed.length > 0 && { owed }) }
}

/** What another process has told. */
export function requestsOf({ asked = [], owed = [] }: UnderWay, { clock, iqTimeoutMs }: Timing): Requests {
  return new Requests(
    asked.map(([id, to, ageMs, n]) => ({ id, to, n, until: clock.now() - ageMs + iqTimeoutMs })),
    owed.map(([id, from]) => ({ id, from })),
  )
}

/** The session has asked somebody else: it is answered by them in time, or by us. Throws Refusal. */
export function ask(deps: RequestDeps, account: Account, session: Session, { id = '', to }: Stanza): void {
  if (to === undefined) return
  session.requests.asks({ id, to, n: session.handled, until: deps.clock.now() + deps.iqTimeoutMs })
  watch(deps, account, session)
}

/** Whether it is the first answer to something that the session has asked. RFC 6120 §8.2.3. */
export function isFirstAnswer(session: Session, id: string, from: Jid): boolean {
  const asked = session.requests.answered(id, from)
  if (asked === undefined) return false
  const done = [[asked.n, markOfRequest(id, from)]] as const
  // An owner before has sent it on, and not settled it: it comes again, and has its answer.
  if (asked.n > session.handled) session.answered.addAll(done)
  // Who was asked has answered before the bus told that it has the request.
  else if (asked.n > session.durable) session.early.addAll(done)
  return true
}

const watched = new WeakSet<Session>()

/** Answers what nobody has answered, when its time is over. */
export function watch(deps: RequestDeps, account: Account, session: Session): void {
  const { first } = session.requests
  if (first === undefined || watched.has(session)) return
  watched.add(session)
  deps.clock.setTimer(Math.max(0, first.until - deps.clock.now()), () => {
    watched.delete(session)
    if (account.sessions.get(session.resource) !== session) return
    for (const { id, to, until } of session.requests.asked) {
      if (until > deps.clock.now()) break
      isFirstAnswer(session, id, to)
      const reply = noAnswer(deps.egress, session.jid, { id, to })
      account.outbox.add(() => deliver(deps.egress, account, session, { stanza: reply }))
    }
    watch(deps, account, session)
  })
}

/**
 * RFC 6120 §8.3.3.17 is for another server that does not answer in time, §8.3.3.13 for an address that does not for a
 * while; both say that it may be tried again. `service-unavailable` would say that nobody is there (RFC 6121
 * §8.5.3.2.3).
 */
function noAnswer(
  { isServed }: Pick<Egress, 'isServed'>,
  asker: FullJid,
  { id, to }: Pick<Asked, 'id' | 'to'>,
): Stanza {
  const condition = isServed(domainOf(to)) ? 'recipient-unavailable' : 'remote-server-timeout'
  const request = stanza({ name: 'iq', type: 'get', id, from: asker, to })
  const reply = errorReply(request, new Refusal(condition, { text: 'there was no answer in time' }))
  if (reply === undefined) throw new Error('a request can be answered')
  return reply
}
