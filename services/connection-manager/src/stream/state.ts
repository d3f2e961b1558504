import type { BareJid, DomainJid } from '@jabiru/jid'
import type { Stanza, StreamFault } from '@jabiru/stanza'
import type { AccountReply, SessionRef } from '@jabiru/wire'
import type { Element, StreamHeader, TopElement } from '@jabiru/xml'

/**
 * A client's stream from the first byte to the last:
 *
 *    opening ─► unprotected ─► securing ─► opening ─► unauthenticated ◄─► authenticating ◄─► challenged
 *                                                                              │ success
 *               bound ◄── binding · resuming ◄─► unbound ◄── opening ◄─────────┘
 *
 *    any ─► closing
 *
 * A client that asks for an account goes from `unauthenticated` to `registering` and back (XEP-0077).
 * In `authenticating`, `registering`, `binding` and `resuming` somebody else has the word: no input is read.
 */
export type StreamState =
  | Opening
  | Unprotected
  | Securing
  | Unauthenticated
  | Authenticating
  | Challenged
  | Registering
  | Unbound
  | Binding
  | Resuming
  | Bound
  | Closing

/** A stream header is due. `leg` is what has been negotiated before it. */
export interface Opening {
  readonly at: 'opening'
  readonly leg: Leg
}

export type Leg =
  | { readonly done: 'nothing' }
  /** `host` is absent where TLS came before any header (XEP-0368). */
  | { readonly done: 'tls'; readonly host?: DomainJid; readonly bindings: readonly string[] }
  | { readonly done: 'sasl'; readonly host: DomainJid; readonly account: BareJid }

export interface Unprotected {
  readonly at: 'unprotected'
  readonly host: DomainJid
  readonly failures: number
}

export interface Securing {
  readonly at: 'securing'
  readonly host: DomainJid
}

/** What stays the same while the peer authenticates, however often it tries. */
export interface Candidate {
  readonly host: DomainJid
  /** The identity that the protected stream header names, if it does. */
  readonly claimed?: BareJid | DomainJid
  /** The mechanisms and the channel binding types that the features named. */
  readonly offered: readonly string[]
  readonly announced: readonly string[]
  readonly failures: number
  /** What it has asked about registration, and whether it has made an account. */
  readonly requests?: number
  readonly hasRegistered?: true
}

export interface Unauthenticated {
  readonly at: 'unauthenticated'
  readonly candidate: Candidate
}

export interface Authenticating {
  readonly at: 'authenticating'
  readonly candidate: Candidate
}

export interface Challenged {
  readonly at: 'challenged'
  readonly candidate: Candidate
}

/** Auth makes an account. */
export interface Registering {
  readonly at: 'registering'
  readonly candidate: Candidate
  readonly id: string
  readonly passwordMin: number
}

/** Who is at the other end, known from SASL on. */
export interface Identity {
  readonly host: DomainJid
  readonly account: BareJid
  /** The language of the stream, which its stanzas inherit. RFC 6120 §4.7.4. */
  readonly lang?: string
}

export interface Unbound {
  readonly at: 'unbound'
  readonly identity: Identity
  /** Binds that were refused. */
  readonly refused: number
}

export interface Binding {
  readonly at: 'binding'
  readonly identity: Identity
  readonly refused: number
  readonly id: string
}

export interface Resuming {
  readonly at: 'resuming'
  readonly identity: Identity
  readonly refused: number
}

export interface Bound {
  readonly at: 'bound'
  readonly identity: Identity
  readonly session: SessionRef
  /** XEP-0198 on this stream: not asked for, asked of the owner, or in force. */
  readonly sm: 'off' | 'asked' | 'on'
}

/** Our closing tag is written; only the end of the peer's is waited for. */
export interface Closing {
  readonly at: 'closing'
}

/** Our header, but for the id. RFC 6120 §4.7. */
export interface ResponseHeader {
  readonly from: DomainJid
  readonly to?: BareJid | DomainJid
  /** Absent where the peer named none. RFC 6120 §4.7.5. */
  readonly version?: string
  readonly lang: string
}

/** What auth answers to a step of SASL. */
export type AuthStep =
  | { readonly step: 'challenge'; readonly data: string }
  | { readonly step: 'success'; readonly account: BareJid; readonly data: string | null }
  | { readonly step: 'failure'; readonly condition: string; readonly text?: string }

export type StreamEvent =
  | { readonly on: 'header'; readonly header: StreamHeader }
  | { readonly on: 'element'; readonly top: TopElement }
  /** The peer closed its stream. */
  | { readonly on: 'close' }
  /** What was read is no XML stream, or the connection manager ends the stream. */
  | { readonly on: 'fault'; readonly fault: StreamFault }
  /** The TLS handshake is done; the channel binding types that it gives. */
  | { readonly on: 'tls'; readonly bindings: readonly string[] }
  | { readonly on: 'auth'; readonly answer: AuthStep }
  | { readonly on: 'registered'; readonly reply: AccountReply }
  | { readonly on: 'bound'; readonly session: SessionRef }
  | { readonly on: 'bind-failed'; readonly condition: 'conflict' | 'resource-constraint' | 'bad-request' }
  | { readonly on: 'sm-enabled'; readonly id?: string; readonly max?: number }
  /** `h` is what the client's counter of sent stanzas stands at. */
  | { readonly on: 'sm-resumed'; readonly session: SessionRef; readonly previd: string; readonly h: number }
  | { readonly on: 'sm-failed'; readonly condition: 'item-not-found' | 'unexpected-request'; readonly h?: number }

export type StreamAction =
  /** The response header; the rim gives the id. */
  | ({ readonly do: 'open' } & ResponseHeader)
  /** An element that names its own namespace. */
  | { readonly do: 'write'; readonly xml: string }
  | { readonly do: 'features'; readonly features: readonly Element[] }
  /** A stanza of this stream, which no session has numbered. */
  | { readonly do: 'send'; readonly stanza: Stanza }
  /** What comes next is a stream of its own. */
  | { readonly do: 'restart' }
  /** From here on the limits of authenticated peers hold, and the deadline no more. */
  | { readonly do: 'authenticated' }
  | {
      readonly do: 'authenticate'
      readonly mechanism: string
      readonly initial: string | null
      readonly candidate: Candidate
    }
  | { readonly do: 'register'; readonly request: { readonly account: BareJid; readonly password: string } }
  | { readonly do: 'respond'; readonly data: string }
  /** The exchange with auth is not gone on with. */
  | { readonly do: 'abandon' }
  | { readonly do: 'bind'; readonly request: { readonly account: BareJid; readonly resource?: string } }
  | {
      readonly do: 'resume'
      readonly request: { readonly account: BareJid; readonly previd: string; readonly h: number }
    }
  | { readonly do: 'enable'; readonly resume: boolean; readonly max?: number }
  /** What the client's next stanza has come to. */
  | { readonly do: 'out'; readonly stanza: Stanza }
  /** The client asks how much of what it sent is handled. */
  | { readonly do: 'tell-handled' }
  /** The client says how much of what it got is handled, modulo 2^32. */
  | { readonly do: 'handled'; readonly h: number }
  /** Somebody looks at the client, or nobody does. XEP-0352. */
  | { readonly do: 'client-state'; readonly active: boolean }
  | { readonly do: 'fail'; readonly fault: StreamFault }
  /** The closing tag, then the end of the connection. */
  | { readonly do: 'close' }

export interface Step {
  readonly state: StreamState
  readonly actions: readonly StreamAction[]
}

/** What the operator decides about streams. */
export interface Terms {
  /** The served domains; the first one speaks where the peer names none of them. */
  readonly domains: readonly [DomainJid, ...DomainJid[]]
  /** SASL attempts that may fail. RFC 6120 §6.4.5: at least 2 and no more than 5. */
  readonly maxAuthFailures: number
  /** Binds that may be refused. RFC 6120 §7.7.3: at least 5 and no more than 10. */
  readonly maxBindFailures: number
  /** Where anybody can make an account, and what its password needs. XEP-0077. */
  readonly registration?: { readonly passwordMin: number }
  /** Where clients try first to come back. XEP-0198 §5. */
  readonly location?: string
  /** What the server can, as it is now. XEP-0115 §6.3. */
  readonly caps: () => Element
}
