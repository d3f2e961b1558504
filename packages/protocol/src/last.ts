import { type Element, el, textOf } from '@jabiru/xml'
import { requireUnsigned } from './numbers.ts'

export const NS_LAST = 'jabber:iq:last'

/** XEP-0012: how long ago an account was last seen, a client last used, or a server started. */
export interface LastActivity {
  readonly seconds: number
  /** The status of the last unavailable presence; empty for none. */
  readonly status: string
}

/** Throws Refusal('bad-request') without a number of seconds. */
export function parseLast(query: Element): LastActivity {
  return {
    seconds: requireUnsigned(query.attrs['seconds'] ?? '', 'seconds', Number.MAX_SAFE_INTEGER),
    status: textOf(query),
  }
}

export function renderLast({ seconds, status }: LastActivity): Element {
  return el('query', NS_LAST, { seconds: String(seconds) }, status)
}
