/** One address at which the house takes clients. */
export interface Place {
  readonly host: string
  /** For STARTTLS. */
  readonly port: number
  /** For TLS from the first byte. */
  readonly tlsPort: number
  /** For a TLS terminator: plain TCP, a header of the PROXY protocol before each stream. */
  readonly proxiedPort: number
  /** For WebSocket without and with TLS, at /ws. */
  readonly httpPort: number
  readonly httpsPort: number
}

/** A running server, as far as a story may know it. */
export interface House {
  readonly domain: string
  /** Where clients connect; more than one where several processes hold sockets. */
  readonly c2s: readonly Place[]
  /** PEM of the certificate to believe; undefined believes any. */
  readonly ca: string | undefined
  readonly addUser: (name: string, password: string) => Promise<void>
  /** What the server has said so far, for the message of a failure. */
  readonly said: () => string
  /** What it said that must make a story fail: faults of its own, or that it is gone. */
  readonly faults: () => readonly string[]
  /** Bytes of memory its process has in use (resident). */
  readonly memory: () => Promise<number>
  /** Tells it to end, and waits until it has. */
  readonly stop: () => Promise<void>
  /** Ends it with SIGKILL, and waits until it is gone. */
  readonly kill: () => Promise<void>
}
