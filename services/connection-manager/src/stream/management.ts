import { type Condition, NS, StreamFault } from '@jabiru/stanza'
import { el, serialize, type TopElement } from '@jabiru/xml'
import { SM } from './namespaces.ts'

/** Elements of XEP-0198 on the wire. */

const LIMIT = 2 ** 32

/** An unsignedInt; undefined for anything else. */
export function readCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined
  const count = Number(text)
  return count < LIMIT ? count : undefined
}

/** A count as the wire has it: modulo 2^32. XEP-0198 §4. */
export const wireCount = (count: number): number => ((count % LIMIT) + LIMIT) % LIMIT

export function readEnable(top: TopElement): { readonly resume: boolean; readonly max?: number } {
  const resume = top.attrs['resume'] === 'true' || top.attrs['resume'] === '1'
  const max = readCount(top.attrs['max'])
  return { resume, ...(max === undefined ? {} : { max }) }
}

export function readResume(top: TopElement): { readonly previd: string; readonly h: number } | undefined {
  const { previd } = top.attrs
  const h = readCount(top.attrs['h'])
  return previd === undefined || previd === '' || h === undefined ? undefined : { previd, h }
}

/** Without an id there is nothing to come back to. */
export function enabled(id: string | undefined, max: number | undefined, location: string | undefined): string {
  if (id === undefined) return serialize(el('enabled', SM), NS.client)
  const limit = max === undefined ? {} : { max: String(max) }
  const place = location === undefined ? {} : { location }
  return serialize(el('enabled', SM, { id, resume: 'true', ...limit, ...place }), NS.client)
}

export function resumed(previd: string, h: number): string {
  return serialize(el('resumed', SM, { previd, h: String(h) }), NS.client)
}

export function failed(condition: Condition, h?: number): string {
  const attrs = h === undefined ? {} : { h: String(wireCount(h)) }
  return serialize(el('failed', SM, attrs, el(condition, NS.stanzas)), NS.client)
}

export const handledCount = (count: number): string => `<a xmlns='${SM}' h='${wireCount(count)}'/>`

export const ASK: string = `<r xmlns='${SM}'/>`

/** XEP-0198 §6. */
export function handledTooHigh(h: number, sent: number): StreamFault {
  const app = el('handled-count-too-high', SM, { h: String(h), 'send-count': String(sent) })
  return new StreamFault('undefined-condition', {
    app,
    text: `You acknowledged ${h} stanzas, but I only sent you ${sent} so far.`,
  })
}
