import { JidError, prepareResource } from '@jabiru/jid'
import { errorReply, fromTop, NS, payload, Refusal, type Stanza, StreamFault, stanza } from '@jabiru/stanza'
import type { SessionRef } from '@jabiru/wire'
import { child, el, type TopElement, textOf } from '@jabiru/xml'
import { enabled, failed, readResume, resumed } from './management.ts'
import { SM } from './namespaces.ts'
import type { Binding, Bound, Resuming, Step, StreamAction, StreamEvent, Terms, Unbound } from './state.ts'
import { failWith, stay, write } from './step.ts'

type Failed = Extract<StreamEvent, { on: 'bind-failed' }>
type Resumed = Extract<StreamEvent, { on: 'sm-resumed' }>

/**
 * The resource that is asked for; undefined leaves it to the server. Throws Refusal.
 * NOTSPEC(RFC 6120 §7.7.2.1): one that cannot be prepared is refused and not mended: who asks for a name counts on it.
 */
function resourceIn(iq: Stanza): string | undefined {
  const bind = payload(iq, 'bind', NS.bind)
  const asked = bind === undefined ? undefined : child(bind, 'resource')
  if (asked === undefined) return undefined
  try {
    return prepareResource(textOf(asked))
  } catch (err) {
    if (err instanceof JidError) throw new Refusal('bad-request', { text: 'not a resource' }) // RFC 6120 §7.7.2.1
    throw err
  }
}

/** Whether a stanza is for the server or the account itself. RFC 6120 §7.1: no other is taken before bind. */
function isForUs(state: Unbound, iq: Stanza): boolean {
  return iq.to === undefined || iq.to === state.identity.host || iq.to === state.identity.account
}

/** One more bind is refused. RFC 6120 §7.7.3. */
function refuse(state: Unbound | Binding, iq: Stanza, refusal: Refusal, terms: Terms): Step {
  const refused = state.refused + 1
  const reply = errorReply(iq, refusal)
  const told: readonly StreamAction[] = reply === undefined ? [] : [{ do: 'send', stanza: reply }]
  if (refused > terms.maxBindFailures) return failWith('policy-violation', ...told)
  return { state: { at: 'unbound', identity: state.identity, refused }, actions: told }
}

function onStanza(state: Unbound, top: TopElement, terms: Terms): Step {
  const iq = fromTop(top)
  if (iq.name !== 'iq' || !isForUs(state, iq)) return failWith('not-authorized')
  if (iq.type !== 'get' && iq.type !== 'set') return stay(state)
  const { account } = state.identity
  try {
    if (iq.type !== 'set' || !iq.payloads.includes(`{${NS.bind}}bind`)) throw new Refusal('not-allowed')
    const resource = resourceIn(iq)
    return {
      state: { at: 'binding', identity: state.identity, refused: state.refused, id: iq.id ?? '' },
      actions: [{ do: 'bind', request: { account, ...(resource === undefined ? {} : { resource }) } }],
    }
  } catch (err) {
    if (err instanceof Refusal) return refuse(state, iq, err, terms)
    throw err
  }
}

/** Authenticated and without a resource: bind or resume. */
export function beforeBind(state: Unbound, top: TopElement, terms: Terms): Step {
  if (top.ns === SM) return manage(state, top)
  if (top.ns !== NS.client) return failWith(new StreamFault('unsupported-stanza-type'))
  try {
    return onStanza(state, top, terms)
  } catch (err) {
    if (err instanceof Refusal) return failWith('not-authorized') // a stanza that is none asks for nothing
    if (err instanceof StreamFault) return failWith(err)
    throw err
  }
}

function manage(state: Unbound, top: TopElement): Step {
  const { identity, refused } = state
  if (top.name !== 'resume') return stay(state, write(failed('unexpected-request'))) // XEP-0198 §3
  const asked = readResume(top)
  if (asked === undefined) return stay(state, write(failed('bad-request')))
  return {
    state: { at: 'resuming', identity, refused },
    actions: [{ do: 'resume', request: { account: identity.account, ...asked } }],
  }
}

export function onBound(state: Binding, session: SessionRef): Step {
  const jid = el('jid', NS.bind, {}, session.jid)
  const result = stanza({ name: 'iq', type: 'result', id: state.id }, el('bind', NS.bind, {}, jid))
  return {
    state: { at: 'bound', identity: state.identity, session, sm: 'off' },
    actions: [{ do: 'send', stanza: result }],
  }
}

export function onBindFailed(state: Binding, { condition }: Failed, terms: Terms): Step {
  const asked = stanza({ name: 'iq', type: 'set', id: state.id })
  return refuse(state, asked, new Refusal(condition), terms)
}

export function onResumed(state: Resuming, { session, previd, h }: Resumed): Step {
  return {
    state: { at: 'bound', identity: state.identity, session, sm: 'on' },
    actions: [write(resumed(previd, h))],
  }
}

/** XEP-0198 §5: after a failed resumption the client may bind. */
export function onResumeFailed(state: Resuming, { condition, h }: Extract<StreamEvent, { on: 'sm-failed' }>): Step {
  return {
    state: { at: 'unbound', identity: state.identity, refused: state.refused },
    actions: [write(failed(condition, h))],
  }
}

export function onEnabled(
  state: Bound,
  { id, max }: Extract<StreamEvent, { on: 'sm-enabled' }>,
  { location }: Terms,
): Step {
  return { state: { ...state, sm: 'on' }, actions: [write(enabled(id, max, location))] }
}

/** The owner will not: the client goes on without. */
export function onEnableFailed(state: Bound, { condition }: Extract<StreamEvent, { on: 'sm-failed' }>): Step {
  return { state: { ...state, sm: 'off' }, actions: [write(failed(condition))] }
}
