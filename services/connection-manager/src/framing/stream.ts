import { NS, renderStanza, renderStreamError } from '@jabiru/stanza'
import { createStreamParser } from '@jabiru/xml'
import { type Framing, headerAttributes, renderFeatures } from './framing.ts'

const TAG_END = 0x3e

/** RFC 6120 §4.2: one document, of which `<stream:stream>` is the root. */
export const streamFraming: Framing = {
  createReader: createStreamParser,
  cut: (chunk) => chunk.indexOf(TAG_END) + 1 || chunk.length,
  open: (header, id) =>
    `<?xml version='1.0'?><stream:stream xmlns='${NS.client}' xmlns:stream='${NS.streams}'${headerAttributes(header, id)}>`,
  features: (features) => renderFeatures(features),
  stanza: (stanza) => renderStanza(stanza),
  error: (fault) => renderStreamError(fault),
  close: '</stream:stream>',
}
