/** A message as a subscriber sees it. `respond` is there when the sender waits for an answer. */
export interface Message {
  readonly subject: string
  readonly payload: string
  readonly respond?: (payload: string) => void
}

export interface Subscription {
  readonly unsubscribe: () => void
}

/**
 * What processes publish on and listen to: at most once, in order per publisher. Payloads are text.
 * Subjects are tokens joined by dots; there are no wildcards.
 */
export interface Bus {
  /**
   * Throws BusUnavailable while disconnected, and while too much waits to leave: what cannot leave now is kept by the
   * caller's window, not here.
   */
  readonly publish: (subject: string, payload: string) => void
  /** Every subscriber gets each message; of those that share a `queue`, one does. */
  readonly subscribe: (
    subject: string,
    handler: (message: Message) => void,
    options?: { readonly queue?: string },
  ) => Subscription
  /** Rejects with NobodyListens, RequestTimeout or BusUnavailable. */
  readonly request: (subject: string, payload: string, options: { readonly timeoutMs: number }) => Promise<string>
  /** Whether what is published now can leave. */
  readonly connected: () => boolean
  /** Calls back at each loss and return of the connection. */
  readonly onConnected: (listener: (connected: boolean) => void) => Subscription
  readonly close: () => Promise<void>
}

/** The bus has no connection at this moment, or takes no more for now. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable'
}

/** Nobody subscribes to the subject of a request. */
export class NobodyListens extends Error {
  override readonly name = 'NobodyListens'
}

/** Somebody may have got the request, and no answer came in time. */
export class RequestTimeout extends Error {
  override readonly name = 'RequestTimeout'
}
