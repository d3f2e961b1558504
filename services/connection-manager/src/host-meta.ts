import type { IncomingMessage, ServerResponse } from 'node:http'
import { type DomainJid, JidError, parseDomain } from '@jabiru/jid'
import { el, serialize } from '@jabiru/xml'

const PATH = '/.well-known/host-meta'
const XRD = 'http://docs.oasis-open.org/ns/xri/xrd-1.0'
const WEBSOCKET = 'urn:xmpp:alt-connections:websocket'
const AUTHORITY = /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

interface HostMetaDeps {
  readonly domains: readonly DomainJid[]
  /** Where WebSockets are answered. */
  readonly path: string
  readonly scheme: 'ws' | 'wss'
}

/** Host and port as they were asked for, if the host is served here: what a stranger writes there leads nowhere else. */
function authorityOf({ headers }: IncomingMessage, domains: readonly DomainJid[]): string | undefined {
  const { host = '' } = headers
  const [, name] = AUTHORITY.exec(host) ?? []
  if (name === undefined) return undefined
  try {
    return domains.includes(parseDomain(name)) ? host : undefined
  } catch (err) {
    if (err instanceof JidError) return undefined
    throw err
  }
}

const written: Readonly<Record<string, (href: string) => readonly [type: string, body: string]>> = {
  [PATH]: (href) => [
    'application/xrd+xml',
    `<?xml version='1.0' encoding='UTF-8'?>${serialize(el('XRD', XRD, {}, el('Link', XRD, { rel: WEBSOCKET, href })))}`,
  ],
  [`${PATH}.json`]: (href) => ['application/json', JSON.stringify({ links: [{ rel: WEBSOCKET, href }] })],
}

/** Tells where the WebSocket endpoint of a domain is; false where something else was asked for. RFC 7395 §4, XEP-0156 §3. */
export function answerHostMeta(
  request: IncomingMessage,
  response: ServerResponse,
  { domains, path, scheme }: HostMetaDeps,
): boolean {
  const write = written[request.url?.split('?', 1)[0] ?? '']
  if (write === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false
  const authority = authorityOf(request, domains)
  if (authority === undefined) return false
  const [type, body] = write(`${scheme}://${authority}${path}`)
  // XEP-0156 §5: programs of any site may read it.
  response.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' })
  response.end(request.method === 'HEAD' ? undefined : body)
  return true
}
