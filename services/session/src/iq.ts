import { type FullJid, isDomain, isFull, type Jid, resourceOf } from '@jabiru/jid'
import { NS_MAM } from '@jabiru/protocol'
import { routeIq } from '@jabiru/routing'
import { errorReply, NS, payloadsOf, Refusal, resultReply, type Stanza } from '@jabiru/stanza'
import { type Group, markOfRequest, NotOwner } from '@jabiru/wire'
import { type Account, isAvailable, type Session } from './account.ts'
import { CATCH_UP_BYTES, deliver, drained } from './delivery.ts'
import type { Egress } from './egress.ts'
import type { Addressee, IqRequest, SessionFeature } from './feature.ts'
import { depart } from './outbox.ts'
import { ask, isFirstAnswer, type RequestDeps } from './requests.ts'

/** Namespaces of an account's own data that another group of services answers for. */
const OWNED_BY: Readonly<Record<string, Group>> = { [NS.roster]: 'roster', [NS_MAM]: 'archive' }

export interface IqDeps extends RequestDeps {
  readonly egress: Egress
  readonly features: readonly SessionFeature[]
  /** Whether somebody may know that the account's resources are there. */
  readonly mayAsk: (account: Account, who: Jid) => Promise<boolean>
  /** Something of ours failed; the asker is told no more than that. */
  readonly onFault: (fault: unknown, ns: string) => void
}

const IQ_TYPES = ['get', 'set', 'result', 'error'] as const

const isRequest = (iq: Stanza) => iq.type === 'get' || iq.type === 'set'

function addresseeOf(deps: IqDeps, account: Account, to: Jid | undefined): Addressee | 'elsewhere' {
  // RFC 6120 §10.3.3: without `to` the server answers on behalf of the account.
  if (to === undefined || to === account.jid) return 'own-account'
  return isDomain(to) && deps.egress.isServed(to) ? 'server' : 'elsewhere'
}

/** An iq that one of the account's clients sends. Settles when it is answered or committed elsewhere. */
export async function sendIq(deps: IqDeps, account: Account, session: Session, iq: Stanza): Promise<void> {
  const addressee = addresseeOf(deps, account, iq.to)
  if (addressee === 'elsewhere') {
    if (isRequest(iq)) ask(deps, account, session, iq)
    else if (isInPlace(session, iq)) return giveBack(deps, account, session, iq)
    else session.requests.answers(iq)
    // RFC 6120 §10.1: behind the messages that its client has sent before.
    return depart(account.outbox, () => deps.egress.route(iq))
  }
  if (isRequest(iq)) takeUp(session, iq)
  // An answer to the server itself: to a roster push, or to a ping of ours.
  if (!isRequest(iq)) return
  const [ns] = namespacesOf(iq)
  const group = OWNED_BY[ns ?? '']
  if (group !== undefined && addressee === 'own-account') {
    // RFC 6121 §2.1.6: who asks for the roster is told of its changes.
    if (group === 'roster' && iq.type === 'get') session.interested = true
    // What the client has sent before is in its archive when that is read.
    if (group === 'archive') await session.committed
    const ref = { jid: session.jid, gen: session.gen }
    return deps.egress.toOwner(group, account.jid, { k: 'own', account: account.jid, session: ref, stanza: iq })
  }
  const answer = answerTo(deps, { iq, from: session.jid, account, session }, addressee)
  const say = (reply: Stanza | undefined) => {
    noteAnswer(session, iq.id, iq.to)
    if (reply) deliver(deps.egress, account, session, { stanza: reply })
  }
  if (!(answer instanceof Promise)) return account.outbox.add(() => say(answer))
  account.outbox.addWhen(answer, say, (fault) => fault instanceof NotOwner || deps.onFault(fault, ns ?? ''))
  await answer
}

/** The answer will come from here: it is not missed any more, however long it waited for an owner. */
function takeUp({ answers, requests }: Session, { id, to }: Stanza): void {
  answers.asks(id)
  if (to !== undefined) requests.isDone(markOfRequest(id ?? '', to))
}

/** What its connection manager says to a stanza of the session, in its place and as from whom it was for: nobody was asked. */
const isInPlace = (session: Session, { id = '', from, to }: Stanza) =>
  to === session.jid && (from === undefined || !session.requests.isOpen(id, from))

function giveBack({ egress }: IqDeps, account: Account, session: Session, answer: Stanza): void {
  if (session.answers.takes(answer)) account.outbox.add(() => deliver(egress, account, session, { stanza: answer }))
}

/** A connection manager may have told that it waits for an answer. */
function noteAnswer(session: Session, id: string | undefined, from: Jid | undefined): void {
  if (from !== undefined) isFirstAnswer(session, id ?? '', from)
}

const namespacesOf = (iq: Stanza) => iq.payloads.map((name) => name.slice(1, name.indexOf('}')))

/** An iq that somebody addresses to the account or to one of its resources. RFC 6121 §8.5. */
export async function receiveIq(deps: IqDeps, account: Account, iq: Stanza): Promise<void> {
  const { to } = iq
  if (to === undefined) return
  if (isFull(to)) return toResource(deps, account, iq, to)
  if (!isRequest(iq) || iq.from === undefined) return
  const reply = await answerTo(deps, { iq, from: iq.from, account, session: undefined }, 'account')
  if (reply) await deps.egress.route(reply)
}

/** What a service answers to one of the account's sessions. An iq settles when its client may be given more. */
export function answerSession(
  { egress }: Pick<IqDeps, 'egress'>,
  account: Account,
  answer: Stanza,
): Promise<void> | void {
  const session = [...account.sessions.values()].find(({ jid }) => jid === answer.to)
  if (session === undefined) return
  // What one owner sends to another is sent again when either dies.
  if (answer.name === 'iq' && !session.answers.takes(answer)) return
  noteAnswer(session, answer.id, answer.from)
  const { promise, resolve } = Promise.withResolvers<void>()
  account.outbox.add(() => {
    deliver(egress, account, session, { stanza: answer })
    resolve(answer.name === 'iq' && session.queueBytes > CATCH_UP_BYTES ? drained(session) : undefined)
  })
  return promise
}

/** RFC 6121 §8.5.3: to the session, if the one who asks may know of it. */
async function toResource(deps: IqDeps, account: Account, iq: Stanza, to: FullJid): Promise<void> {
  // To a stranger it is the same whether the resource is there: both are answered after the same question.
  const shares = !isRequest(iq) || (iq.from !== undefined && (await deps.mayAsk(account, iq.from)))
  const resources = [...account.sessions.values()].map((session) => ({
    resource: session.resource,
    available: isAvailable(session),
    priority: session.priority,
    session,
  }))
  const target = { accountExists: true, resource: resourceOf(to), resources }
  const decision = routeIq(IQ_TYPES.find((type) => type === iq.type) ?? 'error', target, shares)
  if (decision.do === 'refuse') return bounce(deps, iq)
  if (decision.do !== 'deliver') return
  for (const { session } of decision.to) {
    if (isRequest(iq)) session.requests.isGiven(iq)
    else if (!isFirst(deps, account, session, iq)) continue
    account.outbox.add(() => deliver(deps.egress, account, session, { stanza: iq }))
  }
}

/** RFC 6120 §8.2.3: one answer to each request. One that is late or was not asked for is dropped. */
function isFirst(deps: IqDeps, account: Account, session: Session, iq: Stanza): boolean {
  if (iq.from === undefined || addresseeOf(deps, account, iq.from) !== 'elsewhere') return session.answers.takes(iq)
  return isFirstAnswer(session, iq.id ?? '', iq.from)
}

/** RFC 6121 §8.5.3.2.3: nobody is there to take a request. */
export async function bounce(deps: Pick<IqDeps, 'egress'>, iq: Stanza): Promise<void> {
  const reply = errorReply(iq, new Refusal('service-unavailable'))
  if (reply) await deps.egress.route(reply)
}

interface Asked {
  readonly iq: Stanza
  readonly from: Jid
  readonly account: Account
  readonly session: Session | undefined
}

/** The answer to a request: the result of the feature that has a route for it, or the error it throws. */
function answerTo(deps: IqDeps, asked: Asked, at: Addressee): Promise<Stanza | undefined> | Stanza | undefined {
  const { iq } = asked
  const fail = (fault: unknown) => {
    // The next owner answers.
    if (fault instanceof NotOwner) throw fault
    if (fault instanceof Refusal) return errorReply(iq, fault)
    deps.onFault(fault, namespacesOf(iq)[0] ?? '')
    return errorReply(iq, new Refusal('internal-server-error'))
  }
  try {
    const [payload] = payloadsOf(iq)
    const routes = deps.features.flatMap((feature) => feature.iq ?? [])
    const route = routes.find(
      (one) => one.type === iq.type && one.ns === payload?.ns && one.name === payload.name && one.at.includes(at),
    )
    // RFC 6120 §8.4: a namespace that is not understood.
    if (payload === undefined || route === undefined) throw new Refusal('service-unavailable')
    const request: IqRequest = { ...asked, payload }
    const result = route.answer(request)
    if (result instanceof Promise) return result.then((payloads) => resultReply(iq, ...payloads), fail)
    return resultReply(iq, ...result)
  } catch (fault) {
    return fail(fault)
  }
}
