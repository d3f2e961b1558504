import type { DomainJid } from '@jabiru/jid'
import type { Contacts } from '@jabiru/protocol'
import type { Limits } from '@jabiru/xml'
import type { DrainTerms } from './drain.ts'

/** What an operator decides about the sockets of clients. */
export interface ConnectionManagerConfig {
  /** IPv4 or IPv6 address. */
  readonly listen: string
  readonly domains: readonly [DomainJid, ...DomainJid[]]
  /** How the operator can be reached. XEP-0157. */
  readonly contacts: Contacts
  /** Ports; 0 takes any free one, and what is absent is not served. */
  readonly ports: {
    readonly c2s?: number
    readonly c2sTls?: number
    /** For a TLS terminator, which says by the PROXY protocol where its clients come from. */
    readonly c2sProxied?: number
    /** WebSocket (RFC 7395) without TLS, for loopback only, and with TLS. */
    readonly http?: number
    readonly https?: number
  }
  /** Addresses and networks (CIDR) of such terminators. */
  readonly proxiedFrom: readonly string[]
  readonly limits: ConnectionLimits
  /** Where anybody can make an account: what its password needs. XEP-0077. */
  readonly registration?: { readonly passwordMin: number }
  /** Where clients try first to come back: `host` or `host:port`. XEP-0198 §5. */
  readonly location?: string
  /** How fast streams end when the process leaves; all at once where nobody else is there to go on with them. */
  readonly drain?: DrainTerms
  /** Where clients are sent when it leaves: `host` or `host:port`. RFC 6120 §4.9.3.19. */
  readonly seeOtherHost?: string
  /** Share of the clients' stanzas that are traced: 0 none, 1 all. */
  readonly traceRatio: number
}

export interface ConnectionLimits {
  /** From the connection to the end of SASL, TLS included. Nothing moves it. */
  readonly preauthDeadlineMs: number
  readonly connections: number
  readonly connectionsPerAddress: number
  /** Connections that an address may begin within a minute, those that ended at once among them. */
  readonly attemptsPerMinute: number
  /** Connections that may begin to log in within a second: here, and at all connection managers together. */
  readonly loginsPerSecond: number
  readonly clusterLoginsPerSecond: number
  readonly authFailures: number
  readonly bindFailures: number
  /** What is read before and after SASL. */
  readonly beforeAuth: Limits
  readonly afterAuth: Limits
  /** Bytes that wait for one client, written and unconfirmed; past it the socket is closed and the session is left to be resumed. */
  readonly outputBytes: number
  /** What is read of one client in a second, in bytes; what it sends beyond waits in its own network. */
  readonly bytesPerSecond: number
  /** Addresses that one client may send to within a minute. */
  readonly recipientsPerMinute: number
  /** Bytes of one client that wait for the owner; past it the socket is not read. */
  readonly inputBytes: number
  /** Bytes of all clients of a partition that wait for its owner; past it none of their sockets is read. */
  readonly laneBytes: number
  /** Bytes of all clients that wait for owners; past it no socket is read. */
  readonly backlogBytes: number
  /** XEP-0198: an acknowledgement is asked for after so many stanzas, or after so long with one unconfirmed. */
  readonly askAfterStanzas: number
  readonly askAfterMs: number
  /** A client that has not been heard for so long is asked for a sign of life, and so much later dropped. */
  readonly silenceMs: number
  readonly silenceGraceMs: number
  /** How long a closed stream waits for the peer's end. */
  readonly closeDeadlineMs: number
}
