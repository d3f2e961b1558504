import { JidError, parseJid } from '@jabiru/jid'
import {
  errorReply,
  fromTop,
  hasPayload,
  NS,
  Refusal,
  refusalOfTop,
  resultReply,
  type Stanza,
  StreamFault,
  stanza,
  stanzaNameOf,
  withHead,
} from '@jabiru/stanza'
import type { TopElement } from '@jabiru/xml'
import { failed, readCount, readEnable } from './management.ts'
import { CSI, SM } from './namespaces.ts'
import type { Bound, Step } from './state.ts'
import { failWith, stay, write } from './step.ts'

/**
 * RFC 6120 §8.1.2.1: `from` is absent, the account's bare or the session's full address.
 * NOTSPEC(RFC 6120 §8.1.2.1): any other ends the stream (§4.9.3.9) and is not overridden: who thinks to be somebody else is to learn of it.
 */
function checkFrom(state: Bound, from: string | undefined): void {
  if (from === undefined || from === state.session.jid) return
  try {
    const stated = parseJid(from)
    if (stated === state.session.jid || stated === state.identity.account) return
  } catch (err) {
    if (!(err instanceof JidError)) throw err
  }
  throw new StreamFault('invalid-from') // RFC 6120 §4.9.3.9
}

/** What concerns the stream is answered here, though it is a stanza. */
function ownBusiness(iq: Stanza): Stanza | undefined {
  if (iq.name !== 'iq' || iq.type !== 'set') return undefined
  if (hasPayload(iq, 'bind', NS.bind)) return errorReply(iq, new Refusal('not-allowed')) // RFC 6120 §7.6.2.2: one resource
  if (hasPayload(iq, 'session', NS.session)) return resultReply(iq) // RFC 3921 §3
  return undefined
}

/**
 * The stanza to hand on in place of one that is answered here. Both directions are numbered by the owner, so the
 * answer goes there, addressed to the client, and comes back as a delivery. Where nothing is answered, an iq result
 * to the server, which asks for nothing, takes the number.
 */
function inPlace(state: Bound, answer: Stanza | undefined): Stanza {
  const { jid } = state.session
  if (answer === undefined) return stanza({ name: 'iq', type: 'result', id: '', from: jid, to: state.identity.host })
  return withHead(answer, { to: jid })
}

function read(state: Bound, top: TopElement): Stanza {
  const { jid } = state.session
  checkFrom(state, top.attrs['from'])
  try {
    const sent = withHead(fromTop(top, state.identity.lang), { from: jid })
    const answer = ownBusiness(sent)
    return answer === undefined ? sent : inPlace(state, answer)
  } catch (err) {
    if (err instanceof Refusal) return inPlace(state, refusalOfTop(top, err, jid))
    throw err
  }
}

function onForeign(top: TopElement): Step {
  const isStanza = top.name === 'message' || top.name === 'presence' || top.name === 'iq'
  // RFC 6120 §4.9.3.10, §4.9.3.24
  return failWith(isStanza ? 'invalid-namespace' : 'unsupported-stanza-type')
}

/** XEP-0198 on a bound stream. */
function manage(state: Bound, top: TopElement): Step {
  if (top.name === 'enable' && state.sm === 'off')
    return { state: { ...state, sm: 'asked' }, actions: [{ do: 'enable', ...readEnable(top) }] }
  if (state.sm === 'off' || (top.name !== 'r' && top.name !== 'a'))
    return stay(state, write(failed('unexpected-request')))
  if (top.name === 'r') return stay(state, { do: 'tell-handled' })
  const h = readCount(top.attrs['h'])
  return h === undefined ? failWith('bad-format') : stay(state, { do: 'handled', h }) // XEP-0198 §4
}

/** Bound: stanzas go up, each with the full address of the session. */
export function whenBound(state: Bound, top: TopElement): Step {
  if (top.ns === SM) return manage(state, top)
  if (top.ns === CSI && (top.name === 'active' || top.name === 'inactive'))
    return stay(state, { do: 'client-state', active: top.name === 'active' })
  if (top.ns !== NS.client) return onForeign(top)
  if (stanzaNameOf(top) === undefined) return failWith('unsupported-stanza-type')
  try {
    return stay(state, { do: 'out', stanza: read(state, top) })
  } catch (err) {
    if (err instanceof StreamFault) return failWith(err)
    throw err
  }
}
