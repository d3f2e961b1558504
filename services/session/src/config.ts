import type { BareJid, DomainJid } from '@jabiru/jid'
import type { Contacts } from '@jabiru/protocol'
import type { ConflictPolicy } from './bind.ts'

/** What the session service is told by its operator. */
export interface SessionConfig {
  readonly domains: readonly DomainJid[]
  readonly software: string
  /** Who may do what XEP-0133 is for. */
  readonly admins: readonly BareJid[]
  /** How the operator can be reached. XEP-0157. */
  readonly contacts: Contacts
  readonly conflict: ConflictPolicy
  readonly sessionsPerAccount: number
  /** Addresses that an account may block. XEP-0191. */
  readonly blockedMost: number
  /** Bytes of private data that an account may keep. XEP-0049. */
  readonly privateBytes: number
  /** Bytes of an account's vCard. XEP-0054. */
  readonly vcardBytes: number
  /** What clients may do with their account. XEP-0077. */
  readonly mayChangePassword: boolean
  readonly mayRemove: boolean
  /** How long a session waits for its client to come back. XEP-0198 §5. */
  readonly resumeMaxMs: number
  /** Bytes that may wait for a session without a socket; beyond it the session ends, and messages wait in the archive. */
  readonly detachedBytes: number
  /** A request of a client that has no answer for so long is answered with an error. RFC 6120 §8.2.3. */
  readonly iqTimeoutMs: number
  /** Bytes that may wait for a client at which nobody looks; with zero nothing waits. XEP-0352. */
  readonly idleBytes: number
  /** Bytes that wait for one connection manager; past it who sends to its clients waits. */
  readonly downBytes: number
  /** An account without sessions is put to sleep after so long. */
  readonly idleMs: number
}
