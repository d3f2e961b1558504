import { NS, type StreamFault } from '@jabiru/stanza'
import type { TopElement } from '@jabiru/xml'
import { beforeBind, onBindFailed, onBound, onEnabled, onEnableFailed, onResumed, onResumeFailed } from './bind.ts'
import { whenBound } from './bound.ts'
import { failUnopened, openStream } from './opening.ts'
import { onRegistered } from './registration.ts'
import { beforeSasl, beforeTls, onAuth } from './sasl.ts'
import type { Leg, Opening, Step, StreamEvent, StreamState, Terms } from './state.ts'
import { failWith, stay } from './step.ts'

/** Where a stream begins; `bindings` are those of a connection that is under TLS from its first byte. */
export function initialState(bindings?: readonly string[]): Opening {
  const leg: Leg = bindings === undefined ? { done: 'nothing' } : { done: 'tls', bindings }
  return { at: 'opening', leg }
}

/** Whether somebody else has the word, so that nothing more is to be read. */
export function isWaiting(state: StreamState): boolean {
  if (state.at === 'registering') return true
  return state.at === 'authenticating' || state.at === 'binding' || state.at === 'resuming' || state.at === 'securing'
}

/** The owner or auth said something that nobody waits for; the rim drops such things before they come here. */
export class UnexpectedEvent extends Error {
  override readonly name = 'UnexpectedEvent'
}

function onElement(state: StreamState, top: TopElement, terms: Terms): Step {
  // RFC 6120 §4.9.1.1: after the peer's stream error there is nothing more to say.
  if (top.ns === NS.streams && top.name === 'error') return { state: { at: 'closing' }, actions: [{ do: 'close' }] }
  if (state.at === 'bound') return whenBound(state, top)
  if (state.at === 'unprotected') return beforeTls(state, top, terms)
  if (state.at === 'unauthenticated' || state.at === 'challenged') return beforeSasl(state, top, terms)
  if (state.at === 'unbound') return beforeBind(state, top, terms)
  throw new UnexpectedEvent(`element in ${state.at}`)
}

function onFault(state: StreamState, fault: StreamFault, terms: Terms): Step {
  if (state.at === 'opening') return failUnopened(fault, undefined, terms)
  // Between <proceed/> and the end of the handshake there is no stream to say it on.
  if (state.at === 'securing') return { state: { at: 'closing' }, actions: [{ do: 'close' }] }
  return failWith(fault)
}

/** The next state of a stream, and what is to be done about it. Throws nothing but UnexpectedEvent. */
export function step(state: StreamState, event: StreamEvent, terms: Terms): Step {
  if (state.at === 'closing') return stay(state)
  if (event.on === 'element') return onElement(state, event.top, terms)
  if (event.on === 'close') return { state: { at: 'closing' }, actions: [{ do: 'close' }] } // RFC 6120 §4.4
  if (event.on === 'fault') return onFault(state, event.fault, terms)
  if (event.on !== 'header') return onAnswer(state, event, terms)
  if (state.at === 'opening') return openStream(state, event.header, terms)
  throw new UnexpectedEvent(`header in ${state.at}`)
}

type Answer = Exclude<StreamEvent, { on: 'close' | 'fault' | 'header' | 'element' }>

function onAnswer(state: StreamState, event: Answer, terms: Terms): Step {
  if (event.on === 'tls' && state.at === 'securing') {
    // RFC 6120 §5.4.3.3: what was known before TLS is forgotten, but not which host it was.
    const leg: Leg = { done: 'tls', host: state.host, bindings: event.bindings }
    return { state: { at: 'opening', leg }, actions: [{ do: 'restart' }] }
  }
  if (event.on === 'auth' && state.at === 'authenticating') return onAuth(state, event.answer, terms)
  if (event.on === 'registered' && state.at === 'registering') return onRegistered(state, event.reply)
  if (event.on === 'bound' && state.at === 'binding') return onBound(state, event.session)
  if (event.on === 'bind-failed' && state.at === 'binding') return onBindFailed(state, event, terms)
  if (event.on === 'sm-resumed' && state.at === 'resuming') return onResumed(state, event)
  if (event.on === 'sm-failed' && state.at === 'resuming') return onResumeFailed(state, event)
  if (event.on === 'sm-enabled' && state.at === 'bound' && state.sm === 'asked') return onEnabled(state, event, terms)
  if (event.on === 'sm-failed' && state.at === 'bound' && state.sm === 'asked') return onEnableFailed(state, event)
  throw new UnexpectedEvent(`${event.on} in ${state.at}`)
}
