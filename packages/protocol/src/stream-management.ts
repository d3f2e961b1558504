import { type Condition, isCondition, NS, StreamFault } from '@jabiru/stanza'
import { children, type Element, el } from '@jabiru/xml'
import { isTrue, MAX_UNSIGNED_INT, unsigned } from './numbers.ts'

export const NS_SM = 'urn:xmpp:sm:3'

/** XEP-0198: the elements beside the stanzas. Counts are modulo 2^32. */
export type SmElement =
  | { readonly is: 'enable'; readonly resume: boolean /** Seconds. */; readonly max?: number | undefined }
  | {
      readonly is: 'enabled'
      readonly id?: string | undefined
      readonly resume?: boolean
      /** Seconds. */
      readonly max?: number | undefined
      readonly location?: string | undefined
    }
  | { readonly is: 'resume'; readonly h: number; readonly previd: string }
  | { readonly is: 'resumed'; readonly h: number; readonly previd: string }
  | { readonly is: 'failed'; readonly condition: Condition; readonly h?: number | undefined }
  | { readonly is: 'r' }
  | { readonly is: 'a'; readonly h: number }

/** What parsing needs of a top-level element. */
export interface SmSource {
  readonly name: string
  readonly ns: string
  readonly attrs: Readonly<Record<string, string>>
  readonly element: () => Element
}

/**
 * The element of stream management that a top-level element is; undefined for one of another namespace. Throws
 * StreamFault: `unsupported-stanza-type` for an unknown name, `bad-format` for a count that is none.
 */
export function parseSm(top: SmSource): SmElement | undefined {
  if (top.ns !== NS_SM) return undefined
  const { attrs } = top
  switch (top.name) {
    case 'enable':
      return { is: 'enable', resume: isTrue(attrs['resume']), max: unsigned(attrs['max'] ?? '') }
    case 'enabled':
      return {
        is: 'enabled',
        id: attrs['id'],
        resume: isTrue(attrs['resume']),
        max: unsigned(attrs['max'] ?? ''),
        location: attrs['location'],
      }
    case 'resume':
    case 'resumed':
      return { is: top.name, h: count(attrs['h']), previd: attrs['previd'] ?? '' }
    case 'failed':
      return { is: 'failed', condition: conditionOf(top.element()), h: unsigned(attrs['h'] ?? '') }
    case 'r':
      return { is: 'r' }
    case 'a':
      return { is: 'a', h: count(attrs['h']) }
    default:
      throw new StreamFault('unsupported-stanza-type')
  }
}

function count(text: string | undefined): number {
  const h = unsigned(text ?? '', MAX_UNSIGNED_INT)
  if (h === undefined) throw new StreamFault('bad-format', { text: 'h is a number below 2^32' })
  return h
}

function conditionOf(e: Element): Condition {
  const name = children(e).find((c) => c.ns === NS.stanzas)?.name ?? ''
  return isCondition(name) ? name : 'undefined-condition'
}

/** The element, for the stream. */
export function renderSm(sm: SmElement): Element {
  const condition = sm.is === 'failed' ? el(sm.condition, NS.stanzas) : undefined
  return el(sm.is, NS_SM, attrsOf(sm), condition)
}

function attrsOf(sm: SmElement): Readonly<Record<string, string | undefined>> {
  if (sm.is === 'r') return {}
  if (sm.is === 'a' || sm.is === 'failed') return { h: text(sm.h) }
  if (sm.is === 'resume' || sm.is === 'resumed') return { h: text(sm.h), previd: sm.previd }
  const wishes = { max: text(sm.max), resume: sm.resume === true ? 'true' : undefined }
  return sm.is === 'enable' ? wishes : { id: sm.id, location: sm.location, ...wishes }
}

function text(n: number | undefined): string | undefined {
  return n === undefined ? undefined : String(n)
}

/** XEP-0198 §4: the peer has acknowledged more than it was sent; the stream ends. */
export function handledCountTooHigh(h: number, sent: number): StreamFault {
  const app = el('handled-count-too-high', NS_SM, { h: String(h), 'send-count': String(sent) })
  return new StreamFault('undefined-condition', {
    text: `You acknowledged ${h} stanzas, but I only sent you ${sent} so far.`,
    app,
  })
}
