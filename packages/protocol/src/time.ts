import { Refusal } from '@jabiru/stanza'
import { child, type Element, el, textOf } from '@jabiru/xml'
import { formatDateTime, formatOffset, parseDateTime, parseOffset } from './datetime.ts'

export const NS_TIME = 'urn:xmpp:time'

/** XEP-0202: an entity's clock. */
export interface EntityTime {
  /** Milliseconds since 1970. */
  readonly utc: number
  /** Minutes east of UTC. */
  readonly offset: number
}

/** Throws Refusal('bad-request') for what is no time. */
export function parseTime(time: Element): EntityTime {
  const utc = parseDateTime(textOf(child(time, 'utc')))
  const offset = parseOffset(textOf(child(time, 'tzo')))
  if (utc === undefined || offset === undefined) throw new Refusal('bad-request', { text: 'not a time' })
  return { utc, offset }
}

export function renderTime({ utc, offset }: EntityTime): Element {
  return el(
    'time',
    NS_TIME,
    {},
    el('tzo', NS_TIME, {}, formatOffset(offset)),
    el('utc', NS_TIME, {}, formatDateTime(utc)),
  )
}
