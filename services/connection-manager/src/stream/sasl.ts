import { NS } from '@jabiru/stanza'
import { el, escapeText, serialize, type TopElement, textOf } from '@jabiru/xml'
import { isRegistration, onRegistration } from './registration.ts'
import type {
  Authenticating,
  AuthStep,
  Candidate,
  Challenged,
  Step,
  StreamAction,
  Terms,
  Unauthenticated,
  Unprotected,
} from './state.ts'
import { failWith, write } from './step.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The text of an element of SASL, as it stands; null where there is none. */
function dataOf(top: TopElement): { readonly data: string | null } | { readonly condition: string } {
  if (top.payloads.length > 0) return { condition: 'malformed-request' }
  const text = textOf(top.element())
  if (text === '') return { data: null }
  // RFC 6120 §6.4.2, §6.5.5
  return text === '=' || BASE64.test(text) ? { data: text } : { condition: 'incorrect-encoding' }
}

/**
 * NOTSPEC(RFC 6120 §6.5.3): passwords do not expire.
 * NOTSPEC(RFC 6120 §6.5.9): what is offered is strong enough for every account.
 */
function failure(condition: string, text?: string): StreamAction {
  const told = text === undefined ? [] : [el('text', NS.sasl, { 'xml:lang': 'en' }, text)]
  return write(serialize(el('failure', NS.sasl, {}, el(condition, NS.sasl), ...told), NS.client))
}

/** One more attempt has failed. RFC 6120 §6.4.5: past the limit the stream ends. */
function refuse(candidate: Candidate, terms: Terms, condition: string, text?: string): Step {
  const failures = candidate.failures + 1
  const told = failure(condition, text)
  if (failures >= terms.maxAuthFailures) return failWith('policy-violation', told)
  return { state: { at: 'unauthenticated', candidate: { ...candidate, failures } }, actions: [told] }
}

/** An exchange that goes on is dropped, whatever comes next. */
const dropped = (state: Unauthenticated | Challenged): readonly StreamAction[] =>
  state.at === 'challenged' ? [{ do: 'abandon' }] : []

const after = (before: readonly StreamAction[], step: Step): Step => ({
  state: step.state,
  actions: [...before, ...step.actions],
})

function begin(candidate: Candidate, terms: Terms, top: TopElement): Step {
  const mechanism = top.attrs['mechanism'] ?? ''
  if (!candidate.offered.includes(mechanism)) return refuse(candidate, terms, 'invalid-mechanism') // RFC 6120 §6.5.7
  const read = dataOf(top)
  if ('condition' in read) return refuse(candidate, terms, read.condition)
  return {
    state: { at: 'authenticating', candidate },
    actions: [{ do: 'authenticate', mechanism, initial: read.data, candidate }],
  }
}

function proceed(state: Unauthenticated | Challenged, terms: Terms, top: TopElement): Step {
  const { candidate } = state
  if (state.at !== 'challenged') return refuse(candidate, terms, 'malformed-request')
  const read = dataOf(top)
  if ('condition' in read) return after(dropped(state), refuse(candidate, terms, read.condition))
  return { state: { at: 'authenticating', candidate }, actions: [{ do: 'respond', data: read.data ?? '' }] }
}

/** Under TLS and not yet authenticated: SASL, or the end. */
export function beforeSasl(state: Unauthenticated | Challenged, top: TopElement, terms: Terms): Step {
  if (isRegistration(top)) return after(dropped(state), onRegistration(state, top, terms))
  if (top.ns === NS.sasl) {
    // RFC 6120 §6.4.2: another <auth/> takes the place of the exchange that goes on.
    if (top.name === 'auth') return after(dropped(state), begin(state.candidate, terms, top))
    if (top.name === 'response') return proceed(state, terms, top)
    if (top.name === 'abort') return after(dropped(state), refuse(state.candidate, terms, 'aborted')) // RFC 6120 §6.4.4
  }
  if (top.ns === NS.tls) return tlsFailure() // XEP-0368 §2: no STARTTLS within TLS
  return failWith('not-authorized') // RFC 6120 §4.9.3.12
}

/** RFC 6120 §5.4.2.2: the failure of STARTTLS ends the stream without an error. */
function tlsFailure(): Step {
  return { state: { at: 'closing' }, actions: [write(serialize(el('failure', NS.tls), NS.client)), { do: 'close' }] }
}

/** TLS is required: only <starttls/> is taken. */
export function beforeTls(state: Unprotected, top: TopElement, terms: Terms): Step {
  if (top.ns === NS.tls && top.name === 'starttls') {
    const go = write(serialize(el('proceed', NS.tls), NS.client))
    return { state: { at: 'securing', host: state.host }, actions: [go] }
  }
  if (top.ns === NS.sasl && top.name === 'auth') {
    const failures = state.failures + 1
    const told = failure('encryption-required') // RFC 6120 §6.5.4
    if (failures >= terms.maxAuthFailures) return failWith('policy-violation', told)
    return { state: { ...state, failures }, actions: [told] }
  }
  return failWith('not-authorized') // RFC 6120 §4.9.3.12
}

/** What auth says to the peer's last word. */
export function onAuth(state: Authenticating, answer: AuthStep, terms: Terms): Step {
  const { candidate } = state
  if (answer.step === 'failure') return refuse(candidate, terms, answer.condition, answer.text)
  if (answer.step === 'challenge')
    return { state: { at: 'challenged', candidate }, actions: [write(carry('challenge', answer.data))] }
  // RFC 6120 §6.4.6: who says who it is must be who it is.
  if (candidate.claimed !== undefined && candidate.claimed !== answer.account) return failWith('invalid-from')
  const told = write(carry('success', answer.data))
  const leg = { done: 'sasl', host: candidate.host, account: answer.account } as const
  return { state: { at: 'opening', leg }, actions: [told, { do: 'authenticated' }, { do: 'restart' }] }
}

/** RFC 6120 §6.4.6: data of length zero is written as `=`. */
function carry(name: 'challenge' | 'success', data: string | null): string {
  if (data === null) return `<${name} xmlns='${NS.sasl}'/>`
  return `<${name} xmlns='${NS.sasl}'>${data === '' ? '=' : escapeText(data)}</${name}>`
}
