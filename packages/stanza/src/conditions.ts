/** What the sender can do about a stanza error. RFC 6120 §8.3.2. */
export const ERROR_TYPES = ['auth', 'cancel', 'continue', 'modify', 'wait'] as const
export type ErrorType = (typeof ERROR_TYPES)[number]

/** RFC 6120 §8.3.3: every defined stanza error condition with the error type it recommends, in the order of the text. */
export const CONDITIONS = {
  'bad-request': 'modify',
  conflict: 'cancel',
  'feature-not-implemented': 'cancel',
  forbidden: 'auth',
  gone: 'cancel',
  'internal-server-error': 'cancel',
  'item-not-found': 'cancel',
  'jid-malformed': 'modify',
  'not-acceptable': 'modify',
  'not-allowed': 'cancel',
  'not-authorized': 'auth',
  'policy-violation': 'modify',
  'recipient-unavailable': 'wait',
  redirect: 'modify',
  'registration-required': 'auth',
  'remote-server-not-found': 'cancel',
  'remote-server-timeout': 'wait',
  'resource-constraint': 'wait',
  'service-unavailable': 'cancel',
  'subscription-required': 'auth',
  'undefined-condition': 'cancel',
  'unexpected-request': 'wait',
} as const satisfies Record<string, ErrorType>

/** A stanza error condition of RFC 6120 §8.3.3. */
export type Condition = keyof typeof CONDITIONS

/** RFC 6120 §4.9.3: every defined stream error condition, in the order of the text. */
export const STREAM_CONDITIONS = [
  'bad-format',
  // NOTSPEC(RFC 6120 §4.9.3.2): every prefix is taken, so that none is bad.
  'bad-namespace-prefix',
  'conflict',
  'connection-timeout',
  // NOTSPEC(RFC 6120 §4.9.3.5): no domain is taken away while the server runs.
  'host-gone',
  'host-unknown',
  'improper-addressing',
  'internal-server-error',
  'invalid-from',
  'invalid-namespace',
  // NOTSPEC(RFC 6120 §4.9.3.11): no stream is held to a schema; what a stanza asks for is checked by who does it.
  'invalid-xml',
  'not-authorized',
  'not-well-formed',
  'policy-violation',
  'remote-connection-failed',
  // NOTSPEC(RFC 6120 §4.9.3.16): nothing that is offered changes while a stream is open.
  'reset',
  'resource-constraint',
  'restricted-xml',
  // NOTSPEC(RFC 7395 §3.6.1): who comes over WebSocket is told of the shutdown: what is set for the others is no URI.
  'see-other-host',
  'system-shutdown',
  'undefined-condition',
  'unsupported-encoding',
  'unsupported-feature',
  'unsupported-stanza-type',
  'unsupported-version',
] as const

/** A stream error condition of RFC 6120 §4.9.3. */
export type StreamCondition = (typeof STREAM_CONDITIONS)[number]

/** Whether a name is a stanza error condition that RFC 6120 §8.3.3 defines. */
export function isCondition(name: string): name is Condition {
  return Object.hasOwn(CONDITIONS, name)
}

/** Whether a name is one of the five error types of RFC 6120 §8.3.2. */
export function isErrorType(name: string | undefined): name is ErrorType {
  return ERROR_TYPES.some((type) => type === name)
}
