import { negotiation } from './rfc6120/negotiation.ts'
import { security } from './rfc6120/security.ts'
import { stanzas } from './rfc6120/stanzas.ts'
import { streams } from './rfc6120/streams.ts'
import type { Requirements } from './row.ts'

/** RFC 6120. */
export const rfc6120: Requirements = {
  doc: 'RFC 6120',
  title: 'core',
  rows: [...streams, ...negotiation, ...stanzas, ...security],
}
