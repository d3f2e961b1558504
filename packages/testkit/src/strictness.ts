import { bareOf, parseJid } from '@jabiru/jid'
import { child, children, type Element } from '@jabiru/xml'
import { isStanza, SM } from './management.ts'

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
const STREAMS = 'http://etherx.jabber.org/streams'

const TYPES: Readonly<Record<string, readonly (string | undefined)[]>> = {
  // RFC 6121 §4.7.1
  presence: [undefined, 'error', 'probe', 'subscribe', 'subscribed', 'unavailable', 'unsubscribe', 'unsubscribed'],
  // RFC 6120 §8.2.3
  iq: ['get', 'set', 'result', 'error'],
}

/** The rules that a top-level element from the server to this client breaks; `me` is the client's full address. */
export function faultsOf(e: Element, me: string): readonly string[] {
  if (e.ns === SM || (e.ns === STREAMS && e.name === 'error')) return []
  if (!isStanza(e)) return [`RFC 6120 §4.8.3 <${e.name} xmlns='${e.ns}'> is nothing a server may send`]
  const types = TYPES[e.name]
  return [
    // RFC 6121 §5.2.2: a message of an unknown type is passed on, and taken as a normal one.
    ...(types === undefined || types.includes(e.attrs['type'])
      ? []
      : [`<${e.name}> cannot have type '${e.attrs['type'] ?? ''}'`]),
    ...addressFaults(e, me),
    ...(e.name === 'iq' ? iqFaults(e) : []),
    ...(e.attrs['type'] === 'error' ? errorFaults(e) : []),
  ]
}

function addressFaults(e: Element, me: string): string[] {
  const { from, to } = e.attrs
  const bare = bareOf(parseJid(me))
  // RFC 6121 §8.5.3.2.1: a message for a resource that is gone may reach another, and keeps its `to` (§8.5.2.1.1).
  const redirected = e.name === 'message' && to?.startsWith(`${bare}/`) === true
  const mine = to === undefined || to === me || to === bare || redirected
  return [
    ...(mine ? [] : [`RFC 6120 §8.1.1.2 it is addressed to '${to}', and this is '${me}'`]),
    // RFC 6120 §8.3.1: an error comes from where the stanza went, which may be no address at all.
    ...(from === undefined || e.attrs['type'] === 'error' || isCanonical(from)
      ? []
      : [`RFC 7622 §3 from '${from}' is no address in canonical form`]),
  ]
}

function isCanonical(text: string): boolean {
  try {
    return parseJid(text) === text
  } catch {
    return false // parseJid throws JidError, and nothing else, on what is no address.
  }
}

function iqFaults(e: Element): string[] {
  const count = children(e).length
  const type = e.attrs['type']
  const request = type === 'get' || type === 'set'
  return [
    ...(e.attrs['id'] ? [] : ['RFC 6120 §8.1.3 an iq needs an id']),
    ...(request && count !== 1 ? ['RFC 6120 §8.2.3 a get or set has exactly one child'] : []),
    ...(type === 'result' && count > 1 ? ['RFC 6120 §8.2.3 a result has at most one child'] : []),
  ]
}

function errorFaults(e: Element): string[] {
  const error = child(e, 'error', 'jabber:client')
  if (error === undefined) return ['RFC 6120 §8.3.1 a stanza of type error needs an <error/>']
  const conditions = children(error).filter((c) => c.ns === STANZAS && c.name !== 'text')
  const types = ['auth', 'cancel', 'continue', 'modify', 'wait']
  return [
    ...(types.includes(error.attrs['type'] ?? '') ? [] : ['RFC 6120 §8.3.2 an <error/> needs one of the five types']),
    ...(conditions.length === 1 ? [] : ['RFC 6120 §8.3.2 an <error/> needs exactly one defined condition']),
  ]
}
