import { makeBare, parseDomain, withResource } from '@jabiru/jid'
import { createStreamParser, DEFAULT_LIMITS, el, type StreamHeader, type TopElement } from '@jabiru/xml'
import type { Bound, Candidate, StreamAction, Terms, Unbound } from '../stream/state.ts'

const HEADER = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost'>`

/** The top-level elements that a client would have sent. */
export function tops(xml: string): readonly TopElement[] {
  const found: TopElement[] = []
  const parser = createStreamParser(DEFAULT_LIMITS, {
    open: () => undefined,
    top: (top) => void found.push(top),
    close: () => undefined,
  })
  parser.write(Buffer.from(HEADER + xml))
  return found
}

/** The one top-level element that a client would have sent. */
export function top(xml: string): TopElement {
  const [first] = tops(xml)
  if (first === undefined) throw new Error(`no element: ${xml}`)
  return first
}

export const localhost = parseDomain('localhost')
export const alice = makeBare('alice', localhost)

/** What the server can. */
export const CAPS = el('c', 'http://jabber.org/protocol/caps', { hash: 'sha-1', node: 'urn:jabiru:server', ver: 'x' })

export const TERMS: Terms = {
  domains: [localhost, parseDomain('example.org')],
  maxAuthFailures: 3,
  maxBindFailures: 5,
  caps: () => CAPS,
}

/** A good header, with attributes replaced; undefined leaves one out. */
export function header(
  attrs: Readonly<Record<string, string | undefined>> = {},
  change: Partial<StreamHeader> = {},
): StreamHeader {
  const all = { to: 'localhost', version: '1.0', ...attrs }
  const given = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return {
    name: 'stream',
    ns: 'http://etherx.jabber.org/streams',
    prefix: 'stream',
    attrs: Object.fromEntries(given),
    prefixes: { stream: 'http://etherx.jabber.org/streams' },
    defaultNs: 'jabber:client',
    ...change,
  }
}

export const candidate: Candidate = {
  host: localhost,
  offered: ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1', 'PLAIN'],
  announced: ['tls-exporter'],
  failures: 0,
}

export const unbound: Unbound = { at: 'unbound', identity: { host: localhost, account: alice }, refused: 0 }

export const bound: Bound = {
  at: 'bound',
  identity: { host: localhost, account: alice, lang: 'de' },
  session: { jid: withResource(alice, 'balcony'), gen: '1.1' },
  sm: 'off',
}

/** What is done, in short: the condition of an error, the name of what is written. */
export function brief(actions: readonly StreamAction[]): readonly string[] {
  return actions.map((action) => {
    if (action.do === 'fail') return `fail ${action.fault.condition}`
    if (action.do === 'write') return `write ${inside(action.xml)}`
    if (action.do === 'send' || action.do === 'out')
      return `${action.do} ${action.stanza.name} ${action.stanza.type ?? '-'}`
    return action.do
  })
}

/** `failure not-authorized` of `<failure xmlns='…'><not-authorized/></failure>`. */
const inside = (xml: string): string =>
  [...xml.matchAll(/<([a-z-]+)/g)]
    .map(([, name]) => name)
    .slice(0, 2)
    .join(' ')
