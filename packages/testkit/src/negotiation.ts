import {
  type ClientStep,
  clientMechanism,
  type Derivation,
  decodeBase64,
  encodeBase64,
  mechanismsFor,
} from '@jabiru/sasl'
import { child, children, type Element, el, textOf } from '@jabiru/xml'
import { type Connection, type Header, Violation } from './connection.ts'
import { show } from './markup.ts'
import type { Trust } from './transport.ts'

const STREAMS = 'http://etherx.jabber.org/streams'
const TLS = 'urn:ietf:params:xml:ns:xmpp-tls'
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind'

/** The server said no to the credentials. */
export class LoginRefused extends Error {
  override readonly name = 'LoginRefused'
  /** Condition of RFC 6120 §6.5. */
  readonly condition: string
  /** The text beside it. */
  readonly text: string

  constructor(condition: string, text: string) {
    super(`login refused: ${condition} ${text}`)
    this.condition = condition
    this.text = text
  }
}

/** Who logs in, where, and how. */
export interface Credentials {
  readonly domain: string
  readonly username: string
  readonly password: string
  /** The strongest offered unless given. */
  readonly mechanism?: string
  readonly authzid?: string
  /** PBKDF2; given where salted passwords are remembered. */
  readonly salt?: (derivation: Derivation) => Promise<Uint8Array>
}

/** What the header of a server's stream must have (RFC 6120 §4.7), as the rules it breaks. */
export function headerFaults(header: Header, domain: string): readonly string[] {
  const { id, from, version } = header.attrs
  const rules: readonly (readonly [boolean, string])[] = [
    [version === '1.0', `RFC 6120 §4.7.5 version is '${version ?? ''}', not '1.0'`],
    [from === domain, `RFC 6120 §4.7.1 from is '${from ?? ''}', not '${domain}'`],
    [(id ?? '').length >= 16, `RFC 6120 §4.7.3 id '${id ?? ''}' is missing or too short to be unpredictable`],
    [header.attrs['xml:lang'] !== undefined, 'RFC 6120 §4.7.4 xml:lang is missing'],
  ]
  return rules.filter(([holds]) => !holds).map(([, rule]) => rule)
}

/** Opens a stream and gives the features the server answers with. */
export async function openStream(connection: Connection, domain: string): Promise<Element> {
  connection.openStream(domain)
  const faults = headerFaults(await connection.header(), domain)
  if (faults.length > 0) throw new Violation(`${faults.join('; ')}\n\n${connection.deadline.account()}`)
  const features = await connection.element('<stream:features/>')
  return demand(connection, features, 'features', STREAMS)
}

/** STARTTLS (RFC 6120 §5.4), and the features offered within TLS. */
export async function secure(connection: Connection, features: Element, trust: Trust): Promise<Element> {
  demandChild(connection, features, 'starttls', TLS)
  connection.write(`<starttls xmlns='${TLS}'/>`)
  demand(connection, await connection.element('<proceed/>'), 'proceed', TLS)
  await connection.startTls(trust)
  return openStream(connection, trust.servername)
}

/** The mechanisms offered, strongest first as the server lists them. */
export function offered(features: Element): readonly string[] {
  const list = child(features, 'mechanisms', SASL)
  return list === undefined
    ? []
    : children(list)
        .filter((e) => e.name === 'mechanism')
        .map(textOf)
}

/** SASL (RFC 6120 §6.4), and the features of the stream opened after it. Throws LoginRefused. */
export async function authenticate(connection: Connection, features: Element, who: Credentials): Promise<Element> {
  const mechanisms = offered(features)
  const secure = connection.transport.exporter() !== undefined
  const mechanism = who.mechanism ?? mechanismsFor({ secure, bindable: secure }).find((m) => mechanisms.includes(m))
  if (mechanism === undefined) throw new Violation(`no mechanism to use among ${mechanisms.join(', ')}`)
  const first = clientMechanism(mechanism, { ...who, ...bindingOf(connection, mechanism) })
  connection.write(`<auth xmlns='${SASL}' mechanism='${mechanism}'>${written(first)}</auth>`)
  await exchange(connection, first)
  return openStream(connection, who.domain)
}

function bindingOf(connection: Connection, mechanism: string) {
  const data = connection.transport.exporter()
  return mechanism.endsWith('-PLUS') && data !== undefined ? { binding: { type: 'tls-exporter', data } } : {}
}

/** An empty initial response is written as `=` (RFC 6120 §6.4.2). */
const written = (step: ClientStep) => (step.data.length === 0 ? '=' : encodeBase64(step.data))

async function exchange(connection: Connection, step: ClientStep): Promise<void> {
  const answer = await connection.element('an answer to the SASL exchange')
  if (answer.ns !== SASL) throw new Violation(`not of SASL: ${show(answer)}`)
  const data = textOf(answer) === '' ? undefined : decodeBase64(textOf(answer))
  if (answer.name === 'failure') throw refusal(answer)
  if (answer.name === 'success') return step.finish(data)
  demand(connection, answer, 'challenge', SASL)
  const next = await step.next(data ?? new Uint8Array())
  connection.write(`<response xmlns='${SASL}'>${encodeBase64(next.data)}</response>`)
  return exchange(connection, next)
}

function refusal(failure: Element): LoginRefused {
  const condition = children(failure).find((e) => e.name !== 'text')
  return new LoginRefused(condition?.name ?? '', textOf(child(failure, 'text', SASL)))
}

/** Binds a resource (RFC 6120 §7.6, §7.7) and gives the full address. */
export async function bind(connection: Connection, features: Element, resource?: string): Promise<string> {
  demandChild(connection, features, 'bind', BIND)
  const wish = resource === undefined ? undefined : el('resource', BIND, {}, resource)
  connection.writeElement(el('iq', 'jabber:client', { type: 'set', id: 'bind' }, el('bind', BIND, {}, wish)))
  const reply = await connection.element('the answer to resource binding')
  const bound = child(child(reply, 'bind', BIND) ?? el('none', BIND), 'jid', BIND)
  if (reply.attrs['type'] !== 'result' || reply.attrs['id'] !== 'bind' || bound === undefined) {
    throw new Violation(`binding was answered with ${show(reply)}`)
  }
  return textOf(bound)
}

function demand(connection: Connection, e: Element, name: string, ns: string): Element {
  if (e.name === name && e.ns === ns) return e
  throw new Violation(`expected <${name} xmlns='${ns}'/>, received ${show(e)}\n\n${connection.deadline.account()}`)
}

function demandChild(connection: Connection, e: Element, name: string, ns: string): Element {
  const found = child(e, name, ns)
  if (found !== undefined) return found
  throw new Violation(`expected <${name} xmlns='${ns}'/> within ${show(e)}\n\n${connection.deadline.account()}`)
}
