import type { BareJid, DomainJid } from '@jabiru/jid'
import type { PageRequest } from '@jabiru/protocol'

/** Which messages are asked for; what is left out matches all. XEP-0313 §4.1. */
export interface Filter {
  /** The other side; `resource` where a full address was given. */
  readonly with?: { readonly peer: BareJid | DomainJid; readonly resource?: string | undefined } | undefined
  /** Milliseconds since 1970, both included. */
  readonly start?: number | undefined
  readonly end?: number | undefined
  readonly afterId?: string | undefined
  readonly beforeId?: string | undefined
  readonly ids?: readonly string[] | undefined
}

/** A query as a client makes it. XEP-0313 §4. */
export interface Query {
  readonly queryId: string | undefined
  readonly filter: Filter
  readonly page: PageRequest
  /** The page is sent last message first. XEP-0313 §4.3.4. */
  readonly flip: boolean
}
