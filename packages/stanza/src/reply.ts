import { type Jid, JidError, parseJid } from '@jabiru/jid'
import { children, type Element, el, type TopElement, textOf } from '@jabiru/xml'
import { CONDITIONS, type Condition, type ErrorType, isCondition, isErrorType } from './conditions.ts'
import { NS } from './namespaces.ts'
import type { Refusal } from './refusal.ts'
import { stanzaNameOf } from './shape.ts'
import { payload, type Stanza, stanza } from './stanza.ts'

function errorElement(r: Refusal, by: Jid | undefined): Element {
  const { text, app, type, uri } = r.detail
  return el(
    'error',
    NS.client,
    { type: type ?? CONDITIONS[r.condition], by },
    el(r.condition, NS.stanzas, {}, uri),
    text === undefined ? undefined : el('text', NS.stanzas, { 'xml:lang': 'en' }, text),
    app,
  )
}

/** RFC 6120 §8.3.1 rule 8 and §8.2.3 rule 4: an error or a result is never answered. */
function isAnswerable(name: string, type: string | undefined): boolean {
  return type !== 'error' && !(name === 'iq' && type === 'result')
}

/**
 * The error stanza that answers `s`, or undefined when it must not be answered. Addresses are swapped and the id kept
 * (RFC 6120 §8.3.1 rules 2 and 3). The original content is never echoed: rule 6 allows leaving it out, and an echo
 * would let a sender turn any refusal into traffic.
 */
export function errorReply(s: Stanza, r: Refusal, by?: Jid): Stanza | undefined {
  if (!isAnswerable(s.name, s.type)) return undefined
  return stanza({ name: s.name, type: 'error', id: s.id, from: s.to, to: s.from }, errorElement(r, by))
}

/**
 * The error stanza for an element that `fromTop` refused, or undefined when it must not be answered. `to` is the
 * sender as the stream knows it. A malformed address is not repeated in `from` (RFC 6120 §8.3.1 rule 2).
 */
export function refusalOfTop(top: TopElement, r: Refusal, to?: Jid): Stanza | undefined {
  const name = stanzaNameOf(top)
  if (name === undefined || !isAnswerable(name, top.attrs['type'])) return undefined
  // RFC 6120 §8.2.3 rule 3: the answer to an iq has an id, empty where the request had none
  const id = top.attrs['id'] ?? (name === 'iq' ? '' : undefined)
  return stanza({ name, type: 'error', id, from: wellFormed(top.attrs['to']), to }, errorElement(r, undefined))
}

function wellFormed(text: string | undefined): Jid | undefined {
  if (text === undefined) return undefined
  try {
    return parseJid(text)
  } catch (err) {
    if (err instanceof JidError) return undefined
    throw err
  }
}

/** The result that answers an iq of type get or set. RFC 6120 §8.2.3. */
export function resultReply(iq: Stanza, ...payloads: readonly Element[]): Stanza {
  return stanza({ name: 'iq', type: 'result', id: iq.id, from: iq.to, to: iq.from }, ...payloads)
}

/** What an error stanza says. */
export interface ErrorReport {
  readonly condition: Condition
  readonly type: ErrorType
  readonly text: string | undefined
  readonly by: string | undefined
}

/** What a stanza of type error says; undefined for any other, and for one without an `<error/>`. */
export function errorOf(s: Stanza): ErrorReport | undefined {
  if (s.type !== 'error') return undefined
  const error = payload(s, 'error', NS.client)
  if (error === undefined) return undefined
  const parts = children(error).filter((e) => e.ns === NS.stanzas)
  const named = parts.find((e) => e.name !== 'text')?.name ?? ''
  // RFC 6120 §8.3.2: a condition that is not understood is undefined-condition
  const condition = isCondition(named) ? named : 'undefined-condition'
  const type = error.attrs['type']
  const text = parts.find((e) => e.name === 'text')
  return {
    condition,
    type: isErrorType(type) ? type : CONDITIONS[condition],
    text: text === undefined ? undefined : textOf(text),
    by: error.attrs['by'],
  }
}
