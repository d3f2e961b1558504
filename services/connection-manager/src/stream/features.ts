import { NS } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'
import { CHANNEL_BINDING, CSI, REGISTER, SM } from './namespaces.ts'
import type { Terms } from './state.ts'

/**
 * Channel binding types that are taken but not announced.
 * COMPAT(slixmpp 1.8, until Debian 12 ends): tries tls-unique on TLS 1.3, then gives up on SCRAM.
 */
const UNANNOUNCED: readonly string[] = ['tls-unique']

const SCRAM = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1']

/**
 * The mechanisms of a stream under TLS, best first. RFC 6120 §6.3.3, §13.8.
 * NOTSPEC(RFC 6120 §6.3.6, §13.9.4): no mechanism brings a layer of security of its own: TLS is the one.
 * NOTSPEC(RFC 6120 §4.3.6, §5.4.3.1, §6.3.4, §13.7.1.4, §13.7.2.2.1, §13.7.2.2.2, §13.7.2.2.3, §13.8.4): no client
 * is asked for a certificate: who it is, it proves by a password that it binds to the channel.
 * NOTSPEC(RFC 6120 §13.8.3): PLAIN is offered beside SCRAM, under TLS, for clients that know nothing else.
 */
export function mechanismsOver(bindings: readonly string[]): readonly string[] {
  const plus = bindings.length > 0 ? SCRAM.map((name) => `${name}-PLUS`) : []
  return [...plus, ...SCRAM, 'PLAIN']
}

/** The channel binding types to tell the client of. XEP-0440. */
export const announcedOf = (bindings: readonly string[]): readonly string[] =>
  bindings.filter((type) => !UNANNOUNCED.includes(type))

/** RFC 6120 §5.3.1: nothing else is offered where TLS is mandatory. */
export const FEATURES_BEFORE_TLS: readonly Element[] = [el('starttls', NS.tls, {}, el('required', NS.tls))]

/** Bind, then what may follow it, in the order of XEP-0170. The legacy session is optional (RFC 6121 §1.4). */
export const FEATURES_AFTER_SASL: readonly Element[] = [
  el('bind', NS.bind),
  el('session', NS.session, {}, el('optional', NS.session)),
  el('sm', SM),
  el('csi', CSI),
  el('ver', NS.rosterVersioning),
  el('sub', NS.preApproval),
]

/** SASL mechanisms (RFC 6120 §6.4.1), what they can bind to (XEP-0440), and whether anybody can register (XEP-0077 §8). */
export function featuresBeforeSasl(
  mechanisms: readonly string[],
  announced: readonly string[],
  { registration }: Pick<Terms, 'registration'> = {},
): readonly Element[] {
  const types = announced.map((type) => el('channel-binding', CHANNEL_BINDING, { type }))
  const offer = el('mechanisms', NS.sasl, {}, ...mechanisms.map((name) => el('mechanism', NS.sasl, {}, name)))
  const bound = types.length === 0 ? [] : [el('sasl-channel-binding', CHANNEL_BINDING, {}, ...types)]
  return [...bound, offer, ...(registration === undefined ? [] : [el('register', REGISTER)])]
}
