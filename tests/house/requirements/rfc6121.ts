import { delivery } from './rfc6121/delivery.ts'
import { presence } from './rfc6121/presence.ts'
import { roster } from './rfc6121/roster.ts'
import { subscriptions } from './rfc6121/subscriptions.ts'
import type { Requirements } from './row.ts'

/** RFC 6121. */
export const rfc6121: Requirements = {
  doc: 'RFC 6121',
  title: 'instant messaging and presence',
  rows: [...roster, ...subscriptions, ...presence, ...delivery],
}
