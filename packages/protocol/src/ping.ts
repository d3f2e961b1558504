import { clark, type Stanza } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'

export const NS_PING = 'urn:xmpp:ping'

/** Whether an iq is a ping. XEP-0199. */
export function isPing(iq: Stanza): boolean {
  return iq.name === 'iq' && iq.type === 'get' && iq.payloads[0] === clark('ping', NS_PING)
}

export function renderPing(): Element {
  return el('ping', NS_PING)
}
