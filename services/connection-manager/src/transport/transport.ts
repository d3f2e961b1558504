/** A client's connection, whatever it is made of. Nothing is read before it is resumed for the first time. */
export interface Transport {
  readonly remoteAddress: string
  /** Hands over whole elements. `taken` runs when the system has all of them. */
  readonly write: (units: readonly string[], taken?: () => void) => void
  /** Bytes that were handed over and that the system has not taken. */
  readonly buffered: () => number
  /** Whether so much is buffered that `drained` will be told. */
  readonly needsDrain: () => boolean
  readonly pause: () => void
  readonly resume: () => void
  /** Ends our side once everything is written. */
  readonly end: () => void
  /** Drops the connection as it stands. */
  readonly destroy: () => void
  /** The client is authenticated: what it may send at once is bounded elsewhere from here on. */
  readonly widen: () => void
  /** Begins TLS as the server. What was read before it must be used up. */
  readonly startTls: () => void
  /** What SASL can bind to, base64 by type; nothing where TLS ends elsewhere or has not begun. */
  readonly channelBindings: () => Readonly<Record<string, string>>
}

/** Whoever fails closes. Of its own for each connection, it would keep what led to the stream for as long as that lasts. */
export const unheard = () => undefined

/** What a transport tells, always in a later turn of the loop than the call that led to it. */
export interface TransportEvents {
  readonly data: (chunk: Uint8Array) => void
  /** TLS is established. */
  readonly secured: () => void
  /** There is room to write again. */
  readonly drained: () => void
  /** The connection is gone; nothing more is told. */
  readonly closed: () => void
}
