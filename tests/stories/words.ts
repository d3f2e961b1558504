import { Markup, xml } from '@jabiru/testkit'

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'

/** Conditions of RFC 6120 §8.3.3 that the stories expect, with the error type it goes with. */
const CONDITIONS = {
  'bad-request': 'modify',
  conflict: 'cancel',
  forbidden: 'auth',
  'item-not-found': 'cancel',
  'jid-malformed': 'modify',
  'not-acceptable': 'modify',
  'not-allowed': 'cancel',
  'remote-server-not-found': 'cancel',
  'service-unavailable': 'cancel',
} as const

/** `<error/>` of a stanza with a defined condition. */
export function stanzaError(condition: keyof typeof CONDITIONS): Markup {
  return new Markup(`<error type='${CONDITIONS[condition]}'><${condition} xmlns='${STANZAS}'/></error>`)
}

/** A roster push, or a roster result, that holds this item. */
export function rosterOf(type: 'set' | 'result', ...items: readonly Markup[]): Markup {
  return xml`<iq type="${type}"><query xmlns="jabber:iq:roster">${items}</query></iq>`
}

/** A roster set of a client. */
export function rosterSet(...items: readonly Markup[]): Markup {
  return xml`<iq type="set"><query xmlns="jabber:iq:roster">${items}</query></iq>`
}

/** Asks for the roster. */
export const rosterGet: Markup = xml`<iq type="get"><query xmlns="jabber:iq:roster"/></iq>`

/** Plain text that takes many bytes and means nothing. */
export const filler = (length: number): string =>
  'all work and no play '.repeat(Math.ceil(length / 21)).slice(0, length)
