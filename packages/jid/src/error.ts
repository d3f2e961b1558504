/** Why a string is no address, or no part of one. */
export type JidReason =
  | 'empty'
  | 'too-long'
  | 'disallowed'
  | 'unassigned'
  | 'context'
  | 'bidi'
  | 'leading-mark'
  | 'leading-space'
  | 'hyphens'
  | 'a-label'
  | 'label-too-long'
  | 'ip-literal'
  | 'unstable'
  | 'kind'

/** The piece that is at fault. */
export type JidPart = 'jid' | 'localpart' | 'domainpart' | 'resourcepart' | 'password' | 'nickname'

/**
 * The only thing this package throws. To be answered with `<jid-malformed/>` (RFC 7622 §4) where the string came from
 * outside. The message never holds the string itself, which may be a password.
 */
export class JidError extends Error {
  override readonly name = 'JidError'
  readonly part: JidPart
  readonly reason: JidReason

  constructor(part: JidPart, reason: JidReason) {
    super(`${part}: ${reason}`)
    this.part = part
    this.reason = reason
  }
}
