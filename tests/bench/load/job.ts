import type { GrowthJob, Phase } from '../growth/phase.ts'

/** Where the generator connects. */
export interface Endpoint {
  readonly host: string
  /** For TLS from the first byte. */
  readonly tlsPort: number
  /** For WebSocket under TLS; undefined where there is none. */
  readonly ws?: { readonly port: number; readonly path: string } | undefined
  /** For streams without TLS, each behind a header of the PROXY protocol; undefined where there is none. */
  readonly proxiedPort?: number
}

/** What the generator is told to do. */
export interface Job {
  readonly workload: string
  readonly endpoints: readonly Endpoint[]
  readonly domain: string
  /** A bare relay: no XMPP is spoken. */
  readonly relay: boolean
  /** How long it measures, after it has warmed up. */
  readonly seconds: number
  /** Whose descendants are the server, itself and the generator left out. */
  readonly root: number
  /** For what is measured as it grows. */
  readonly growth?: GrowthJob
}

/** What came out of a run: figures by their name in the report, and what must not have happened. */
export interface Outcome {
  /** Undefined where it came to nothing. */
  readonly figures?: Figures
  /** Messages sent, where they are to be found in an archive. */
  readonly sent: number
  readonly faults: readonly string[]
  /** What was measured one after another, where it is more than one figure. */
  readonly phases?: readonly Phase[]
}

/** What a workload does not have is left out. */
export interface Figures {
  readonly per_second?: number
  /** CPU-seconds of all processes of the server per 1,000. */
  readonly cpu_s_per_1000?: number
  readonly p50_ms?: number
  readonly p99_ms?: number
  /** From sending to the server's acknowledgement. */
  readonly ack_p50_ms?: number
  readonly ack_p99_ms?: number
  readonly kb_per_session?: number
  /** Of the generator's core, 0 to 1. */
  readonly generator: number
}

/** The password of every account. */
export const PASSWORD = 'as-fast-as-can-be'

/** Where the rooms of a domain are. */
export const roomsAt = (domain: string): string => `conference.${domain}`

/** The name of an account. */
export const userName = (n: number): string => `u${n}`
