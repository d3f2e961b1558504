import { child, type Element, el, textOf } from '@jabiru/xml'

const CLIENT = 'jabber:client'
const SID = 'urn:xmpp:sid:0'
const DELAY = 'urn:xmpp:delay'
const PING = 'urn:xmpp:ping'
const DISCO = 'http://jabber.org/protocol/disco#info'

/** The id of a message with this text. */
export const idOf = (body: string): string => body.replaceAll(' ', '-')

/** A numbered message. */
export function letterStanza(to: string, body: string): Element {
  const id = idOf(body)
  const attrs = { type: 'chat', id, to }
  return el('message', CLIENT, attrs, el('body', CLIENT, {}, body), el('origin-id', SID, { id }))
}

/** The same with an id that says nothing, and no origin-id (XEP-0359 §3.2): many clients use an id again and again. */
export const withOneId = ({ attrs, children }: Element): Element =>
  el('message', CLIENT, { ...attrs, id: 'again' }, ...children.slice(0, 1))

/** Who reads it, as a message tells: its text, its id, and whether it was kept. */
export function readLetter(e: Element): {
  readonly body: string
  readonly stanzaId: string
  readonly delayed: boolean
} {
  return {
    body: textOf(child(e, 'body', CLIENT) ?? el('body', CLIENT)),
    stanzaId: child(e, 'stanza-id', SID)?.attrs['id'] ?? '',
    delayed: child(e, 'delay', DELAY) !== undefined,
  }
}

/** A presence with something to tell it from others by; without `to` for all contacts. */
export function presenceStanza(status: string, priority: number): Element {
  return el('presence', CLIENT, {}, el('status', CLIENT, {}, status), el('priority', CLIENT, {}, String(priority)))
}

/** One of the four presences of a subscription (RFC 6121 §3). */
export const subscription = (to: string, type: 'subscribe' | 'subscribed'): Element =>
  el('presence', CLIENT, { to, type })

export const statusOf = (e: Element): string => textOf(child(e, 'status', CLIENT) ?? el('status', CLIENT))

/** A request to the server, or to a client. */
export function requestStanza(id: string, to: string, what: 'ping' | 'disco'): Element {
  const payload = what === 'ping' ? el('ping', PING) : el('query', DISCO)
  return el('iq', CLIENT, { type: 'get', id, to }, payload)
}

export const rosterRequest = (id: string): Element =>
  el('iq', CLIENT, { type: 'get', id }, el('query', 'jabber:iq:roster'))

/** The answer to a request or a push. */
export const resultStanza = (id: string, to: string | undefined): Element =>
  el('iq', CLIENT, { type: 'result', id, to })
