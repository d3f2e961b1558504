import { JidError, makeBare } from '@jabiru/jid'
import { NS_REGISTER, parseRegistration, renderRegistration } from '@jabiru/protocol'
import { errorReply, fromTop, NS, payload, Refusal, resultReply, type Stanza, stanza } from '@jabiru/stanza'
import type { AccountReply } from '@jabiru/wire'
import type { TopElement } from '@jabiru/xml'
import type { Candidate, Registering, Step, Terms } from './state.ts'
import { failWith } from './step.ts'

/** Requests about registration on one stream; whoever goes on asking is not going to log in. */
const MOST_REQUESTS = 20

/** Whether a client that has not logged in asks for an account. */
export const isRegistration = ({ ns, name, payloads }: TopElement): boolean =>
  ns === NS.client && name === 'iq' && payloads.some((one) => one.ns === NS_REGISTER && one.name === 'query')

function say(candidate: Candidate, reply: Stanza | undefined): Step {
  const state = { at: 'unauthenticated', candidate } as const
  return { state, actions: reply === undefined ? [] : [{ do: 'send', stanza: reply }] }
}

/** XEP-0077 §3.1 before login, under TLS (§13). */
export function onRegistration(state: { readonly candidate: Candidate }, top: TopElement, terms: Terms): Step {
  const requests = (state.candidate.requests ?? 0) + 1
  if (requests > MOST_REQUESTS) return failWith('policy-violation')
  const candidate = { ...state.candidate, requests }
  try {
    const iq = fromTop(top)
    const isAsked = iq.type === 'get' || iq.type === 'set'
    if (!isAsked || (iq.to !== undefined && iq.to !== candidate.host)) return failWith('not-authorized')
    try {
      return answer(candidate, iq, terms)
    } catch (err) {
      if (err instanceof Refusal) return say(candidate, errorReply(iq, err))
      throw err
    }
  } catch (err) {
    if (err instanceof Refusal) return failWith('not-authorized') // a stanza that is none asks for nothing
    throw err
  }
}

/** Throws Refusal. */
function answer(candidate: Candidate, iq: Stanza, { registration }: Terms): Step {
  // XEP-0077 §3.1: where nobody can register.
  if (registration === undefined) throw new Refusal('service-unavailable')
  const words = `Choose a username and a password of at least ${registration.passwordMin} characters.`
  if (iq.type === 'get') return say(candidate, resultReply(iq, renderRegistration(words)))
  // XEP-0077 §3.1.1: one account for one stream.
  if (candidate.hasRegistered === true)
    throw new Refusal('not-acceptable', { text: 'you have an account now: log in to it' })
  const query = payload(iq, 'query', NS_REGISTER)
  const { remove, username, password } = query ? parseRegistration(query) : { username: '', password: '' }
  if (remove !== undefined) throw new Refusal('unexpected-request') // XEP-0077 §3.2
  if (username === '' || password === '')
    throw new Refusal('not-acceptable', { text: 'a username and a password are asked for' }) // XEP-0077 §3.1
  return {
    state: { at: 'registering', candidate, id: iq.id ?? '', passwordMin: registration.passwordMin },
    actions: [{ do: 'register', request: { account: accountOf(username, candidate), password } }],
  }
}

function accountOf(username: string, { host }: Candidate) {
  try {
    return makeBare(username, host)
  } catch (err) {
    if (err instanceof JidError) throw new Refusal('not-acceptable', { text: 'that cannot be a username' })
    throw err
  }
}

/** What auth says to it. */
export function onRegistered({ candidate, id, passwordMin }: Registering, reply: AccountReply): Step {
  const iq = stanza({ name: 'iq', type: 'set', id })
  if (reply === 'done') return say({ ...candidate, hasRegistered: true }, resultReply(iq))
  return say(candidate, errorReply(iq, refusalOf(reply, passwordMin)))
}

function refusalOf(reply: Exclude<AccountReply, 'done'>, passwordMin: number): Refusal {
  if (reply === 'exists') return new Refusal('conflict')
  if (reply === 'unusable')
    return new Refusal('not-acceptable', {
      text: `a password has at least ${passwordMin} characters, all of them printable`,
    })
  if (reply === 'limited') return new Refusal('resource-constraint', { text: 'too many accounts are asked for' })
  return new Refusal('internal-server-error', { type: 'wait', text: 'it was not done, and may be tried again' })
}
