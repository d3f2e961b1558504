import { formatDateTime, NS_MAM } from '@jabiru/protocol'
import { type Element, el } from '@jabiru/xml'

/** A message's place in time. */
export interface Mark {
  readonly id: string
  readonly at: Date
}

/** XEP-0313 §5: the first and the last message; nothing of an empty archive. */
export function renderMetadata(ends: readonly [first: Mark, last: Mark] | undefined): Element {
  if (ends === undefined) return el('metadata', NS_MAM)
  const mark = (name: string, { id, at }: Mark) => el(name, NS_MAM, { id, timestamp: formatDateTime(at.getTime()) })
  return el('metadata', NS_MAM, {}, mark('start', ends[0]), mark('end', ends[1]))
}
