import { el, serialize } from '@jabiru/xml'
import { NS } from './namespaces.ts'
import type { StreamFault } from './refusal.ts'

/**
 * The stream error's XML, for a stream that has declared the prefix `stream` (RFC 6120 §4.9.2). `framed` is for
 * WebSocket, where each message declares its own prefix (RFC 7395 §3.3.3).
 */
export function renderStreamError(fault: StreamFault, framed = false): string {
  const { text, app, host } = fault.detail
  const told = text === undefined ? '' : serialize(el('text', NS.streamErrors, { 'xml:lang': 'en' }, text))
  const condition = serialize(el(fault.condition, NS.streamErrors, {}, host))
  const declared = framed ? ` xmlns:stream='${NS.streams}'` : ''
  return `<stream:error${declared}>${condition}${told}${app === undefined ? '' : serialize(app)}</stream:error>`
}
